"""First response and solution, worked out by the store, against what a hand counts from the same history."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import SYSTEM
from domain.cases.model import CaseState
from domain.cases.progress import move_case
from domain.cases.queries import cases
from domain.cases.touchpoints import link_touchpoints
from domain.selection import tree
from domain.selection.compile import compiled
from domain.selection.run import read_in
from domain.selection.subjects import Seen
from tests.domain.cases.conftest import Open
from tests.domain.work.people import NOW

NEW, OPEN, WAITING_CUSTOMER, SOLVED, CLOSED = CaseState
HOUR = 3600
SHOWN = (
    "first_response_seconds",
    "solution_seconds",
    "elapsed_seconds",
    "times_reopened",
    "solved_in_time",
    "overdue",
)


async def _measured(session: AsyncSession) -> dict[str, Any]:
    fields = tuple(tree.Shown(name, getattr(cases, name)) for name in SHOWN)
    page = tree.Page(
        "cases", tree.Rows(cases), cases.default_order, tree.Window(1), (tree.Nodes("nodes", fields),)
    )
    answer = json.loads(await read_in(session, compiled((page,), SYSTEM), {}, SYSTEM, Seen()))
    [found] = answer["cases"]["nodes"]
    return dict(found)


async def _move(session: AsyncSession, key: int, hours: float, state: CaseState) -> None:
    await move_case(session, key, state, expected_version=1, actor=SYSTEM, now=NOW + timedelta(hours=hours))


class TestFirstResponse:
    async def test_nobody_has_answered(self, session: AsyncSession, opened: Open) -> None:
        key = await opened()
        await _move(session, key, 1, OPEN)
        await link_touchpoints(session, key, [1, 5], expected_version=1, actor=SYSTEM, now=NOW)

        assert (await _measured(session))["first_response_seconds"] is None, (
            "taking it up is no answer, nor is what came in, nor what went out before"
        )

    async def test_the_first_touchpoint_that_goes_out_answers(
        self, session: AsyncSession, opened: Open
    ) -> None:
        key = await opened()
        await _move(session, key, 2, WAITING_CUSTOMER)
        await link_touchpoints(session, key, [1, 2, 5], expected_version=1, actor=SYSTEM, now=NOW)

        assert (await _measured(session))["first_response_seconds"] == 30 * 60

    @pytest.mark.parametrize("state", [WAITING_CUSTOMER, SOLVED])
    async def test_a_move_that_tells_the_customer_something_answers(
        self, session: AsyncSession, opened: Open, state: CaseState
    ) -> None:
        key = await opened()
        await _move(session, key, 0.25, OPEN)
        await _move(session, key, 0.4, state)
        await link_touchpoints(session, key, [2], expected_version=1, actor=SYSTEM, now=NOW)

        assert (await _measured(session))["first_response_seconds"] == 24 * 60

    async def test_closing_answers_nobody(self, session: AsyncSession, opened: Open) -> None:
        key = await opened()
        await _move(session, key, 1, CLOSED)

        assert (await _measured(session))["first_response_seconds"] is None


class TestSolution:
    async def test_waiting_for_the_customer_does_not_count(self, session: AsyncSession, opened: Open) -> None:
        key = await opened()
        for hours, state in (
            (1, OPEN),
            (2, WAITING_CUSTOMER),
            (10, OPEN),
            (12, WAITING_CUSTOMER),
            (20, SOLVED),
        ):
            await _move(session, key, hours, state)

        found = await _measured(session)

        assert found["solution_seconds"] == (2 + 2) * HOUR
        assert found["elapsed_seconds"] == 20 * HOUR

    async def test_reopened_it_counts_on_without_the_time_between(
        self, session: AsyncSession, opened: Open
    ) -> None:
        key = await opened()
        for hours, state in ((3.0, SOLVED), (4.0, CLOSED), (50.0, OPEN)):
            await _move(session, key, hours, state)
        reopened = await _measured(session)
        for hours, state in ((51.5, SOLVED), (60, CLOSED)):
            await _move(session, key, hours, state)

        again = await _measured(session)

        assert (reopened["solution_seconds"], reopened["times_reopened"]) == (None, 1)
        assert (again["solution_seconds"], again["elapsed_seconds"]) == (4.5 * HOUR, 51.5 * HOUR)
        assert again["times_reopened"] == 1

    async def test_closed_without_a_solution_it_has_none(self, session: AsyncSession, opened: Open) -> None:
        key = await opened()
        await _move(session, key, 3, CLOSED)

        found = await _measured(session)

        assert (found["solution_seconds"], found["elapsed_seconds"]) == (None, None)

    async def test_parts_of_seconds_are_dropped_once(self, session: AsyncSession, opened: Open) -> None:
        key = await opened()
        for seconds, state in ((0.6, OPEN), (1.2, WAITING_CUSTOMER), (2.0, OPEN), (2.9, SOLVED)):
            await _move(session, key, seconds / HOUR, state)

        found = await _measured(session)

        assert (found["solution_seconds"], found["elapsed_seconds"]) == (2, 2), "1.2 + 0.9 and 2.9"


class TestDue:
    @pytest.mark.parametrize(
        ("due", "solved", "overdue", "in_time"),
        [
            (datetime.max.replace(microsecond=0, tzinfo=NOW.tzinfo), None, False, None),
            (NOW + timedelta(hours=1), None, True, None),
            (NOW + timedelta(hours=1), 1, False, True),
            (NOW + timedelta(hours=1), 1.01, False, False),
            (None, None, False, None),
            (None, 1, False, None),
        ],
        ids=["never due", "late", "in time", "solved late", "no due time", "solved, no due time"],
    )
    async def test_what_is_open_gets_overdue_and_what_is_solved_was_in_time_or_not(
        self,
        session: AsyncSession,
        opened: Open,
        due: datetime | None,
        solved: float | None,
        overdue: bool,
        in_time: bool | None,
    ) -> None:
        key = await opened(due_at=due)
        if solved is not None:
            await _move(session, key, solved, SOLVED)

        found = await _measured(session)

        assert (found["overdue"], found["solved_in_time"]) == (overdue, in_time)
