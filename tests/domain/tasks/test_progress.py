"""Tasks are started, and done or cancelled once."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.db import run
from domain.errors import StaleVersion
from domain.tasks.commands import create_task
from domain.tasks.errors import AlreadyDone, MoveNotAllowed
from domain.tasks.model import TaskState
from domain.tasks.progress import cancel_task, complete_task, start_task
from domain.tasks.states import MOVES, TO_DO
from tests.domain.tasks.conftest import Note
from tests.domain.work.people import HEAD, KIM, NOW, people, rows

OPEN, IN_PROGRESS, DONE, CANCELLED = TaskState
LATER = NOW + timedelta(hours=1)
BY: dict[TaskState, Callable[..., Awaitable[None]]] = {
    IN_PROGRESS: start_task,
    DONE: complete_task,
    CANCELLED: cancel_task,
}


async def _to(session: AsyncSession, key: int, state: TaskState, **more: Any) -> None:
    await BY[state](session, key, expected_version=1, actor=HEAD, now=LATER, **more)


class TestStartTask:
    async def test_it_is_in_progress_and_stays_its_owner_s(self, session: AsyncSession, noted: Note) -> None:
        key = await noted(to={"owner_id": 2})

        await _to(session, key, IN_PROGRESS)

        assert await rows(session, "SELECT state, started_at, owner_id FROM tasks") == [
            ("IN_PROGRESS", LATER, 2)
        ]

    async def test_what_only_a_branch_has_is_whose_who_takes_it(
        self, session: AsyncSession, noted: Note
    ) -> None:
        key = await noted(to={"branch_id": 1})

        await _to(session, key, IN_PROGRESS)

        assert await rows(session, "SELECT owner_id, branch_id FROM tasks") == [(4, 1)]


class TestCompleteTask:
    async def test_it_is_done_by_whoever_says_so(self, session: AsyncSession, noted: Note) -> None:
        key = await noted(to={"owner_id": 2})

        await _to(session, key, DONE, outcome="reached him")

        assert await rows(session, "SELECT state, closed_at, closed_by_id, outcome, owner_id FROM tasks") == [
            ("DONE", LATER, 4, "reached him", 2)
        ]

    @pytest.mark.parametrize("again", BY)
    async def test_what_is_done_is_done_and_says_by_whom_and_when(
        self, session: AsyncSession, noted: Note, again: TaskState
    ) -> None:
        key = await noted()
        await _to(session, key, DONE)

        with pytest.raises(AlreadyDone, match=r"done by 장 at 2026-03-02T10:00:00\+00:00 already") as refused:
            await _to(session, key, again)

        assert refused.value.current == key

    async def test_that_it_is_done_is_said_before_that_the_version_is_old(
        self, session: AsyncSession, noted: Note
    ) -> None:
        key = await noted()
        await _to(session, key, DONE)

        with pytest.raises(AlreadyDone):
            await complete_task(session, key, expected_version=99, actor=HEAD, now=LATER)

    async def test_an_old_version_is_refused(self, session: AsyncSession, noted: Note) -> None:
        key = await noted()

        with pytest.raises(StaleVersion):
            await complete_task(session, key, expected_version=2, actor=HEAD, now=LATER)

    async def test_of_many_who_do_it_at_once_one_has_done_it(self, engine: AsyncEngine) -> None:
        async def prepare(session: AsyncSession) -> int:
            await people(session)
            return await create_task(session, {"title": "t"}, actor=HEAD)

        key = await run(engine, prepare, origin="test")

        async def attempt() -> str:
            try:
                await run(
                    engine,
                    lambda session: complete_task(session, key, expected_version=1, actor=HEAD, now=NOW),
                    origin="t",
                )
            except AlreadyDone:
                return "already"
            return "done"

        outcomes = Counter(await asyncio.gather(*(attempt() for _ in range(12))))

        assert outcomes == {"done": 1, "already": 11}


class TestMoves:
    @pytest.mark.parametrize("state", [OPEN, IN_PROGRESS, CANCELLED])
    async def test_states_move_as_the_table_says(
        self, session: AsyncSession, noted: Note, state: TaskState
    ) -> None:
        key = await noted()
        if state is not OPEN:
            await _to(session, key, state)

        for wanted in set(BY) - MOVES[state]:
            with pytest.raises(MoveNotAllowed, match=f"a task that is {state} cannot become {wanted}"):
                await _to(session, key, wanted)
        for wanted in MOVES[state]:
            async with session.begin_nested() as savepoint:
                await _to(session, key, wanted)
                await savepoint.rollback()

        assert await rows(session, "SELECT state FROM tasks") == [(state.value,)]

    def test_no_state_leads_back(self) -> None:
        order = list(TaskState)

        assert all(order.index(wanted) > order.index(state) for state in MOVES for wanted in MOVES[state])

    def test_what_leads_on_is_what_is_to_be_done(self) -> None:
        assert {state for state in TaskState if MOVES[state]} == set(TO_DO)

    async def test_a_task_of_nobody_who_is_here_is_done_by_nobody_known(
        self, session: AsyncSession, noted: Note
    ) -> None:
        key = await noted(actor=KIM, to={"owner_id": 1})
        machine = type(HEAD)(subject="key", role=HEAD.role, machine=True)
        await complete_task(session, key, expected_version=1, actor=machine, now=LATER)

        with pytest.raises(AlreadyDone, match=r"the task was done at 2026-03-02T10:00:00\+00:00 already"):
            await _to(session, key, DONE)
