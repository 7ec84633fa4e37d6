"""Cases go from state to state and are rated."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import SYSTEM
from domain.cases.errors import AlreadyRated, MoveNotAllowed, NotSolved
from domain.cases.model import CaseState
from domain.cases.progress import move_case, rate_case
from domain.cases.states import MOVES, WORKED_ON
from domain.errors import Invalid, StaleVersion
from tests.domain.cases.conftest import Open
from tests.domain.work.people import HEAD, NOW, rows

NEW, OPEN, WAITING_CUSTOMER, SOLVED, CLOSED = CaseState
HOUR = timedelta(hours=1)


async def _to(session: AsyncSession, key: int, *states: CaseState) -> None:
    for hours, state in enumerate(states, start=1):
        await move_case(session, key, state, expected_version=1, actor=HEAD, now=NOW + hours * HOUR)


class TestMoveCase:
    async def test_each_move_is_kept_with_who_when_and_why(self, session: AsyncSession, opened: Open) -> None:
        key = await opened()

        await move_case(
            session, key, SOLVED, expected_version=1, actor=HEAD, now=NOW + HOUR, reason=" called back "
        )

        assert await rows(
            session,
            "SELECT from_state, to_state, moved_at, moved_by_id, reason FROM case_moves ORDER BY id OFFSET 1",
        ) == [("NEW", "SOLVED", NOW + HOUR, 4, "called back")]
        assert await rows(session, "SELECT state, solved_at, closed_at FROM cases") == [
            ("SOLVED", NOW + HOUR, None)
        ]

    @pytest.mark.parametrize("state", CaseState)
    async def test_states_move_as_the_table_says(
        self, session: AsyncSession, opened: Open, state: CaseState
    ) -> None:
        key = await opened()
        if state is not NEW:
            await _to(session, key, state)

        for wanted in set(CaseState) - MOVES[state]:
            with pytest.raises(
                MoveNotAllowed, match=f"a case that is {state} cannot become {wanted}; allowed: "
            ):
                await move_case(session, key, wanted, expected_version=1, actor=SYSTEM, now=NOW)
        for wanted in MOVES[state]:
            async with session.begin_nested() as savepoint:
                await move_case(session, key, wanted, expected_version=1, actor=SYSTEM, now=NOW)
                await savepoint.rollback()

        assert await rows(session, "SELECT state FROM cases") == [(state.value,)]

    async def test_closed_after_its_solution_it_keeps_it_and_reopened_it_has_none(
        self, session: AsyncSession, opened: Open
    ) -> None:
        key = await opened()

        await _to(session, key, SOLVED, CLOSED)
        closed = await rows(session, "SELECT solved_at, closed_at FROM cases")
        await _to(session, key, OPEN)

        assert closed == [(NOW + HOUR, NOW + 2 * HOUR)]
        assert await rows(session, "SELECT state, solved_at, closed_at FROM cases") == [("OPEN", None, None)]

    async def test_an_old_version_is_refused(self, session: AsyncSession, opened: Open) -> None:
        key = await opened()

        with pytest.raises(StaleVersion, match="version 2 was expected, 1 stands now"):
            await move_case(session, key, OPEN, expected_version=2, actor=SYSTEM, now=NOW)


class TestMoves:
    def test_every_state_leads_on_and_none_to_itself(self) -> None:
        assert all(MOVES[state] and state not in MOVES[state] for state in CaseState)

    def test_nothing_becomes_new_again(self) -> None:
        assert not any(NEW in onward for onward in MOVES.values())

    def test_an_end_is_left_only_by_reopening(self) -> None:
        assert MOVES[SOLVED] - {CLOSED} == MOVES[CLOSED] == {OPEN}
        assert set(WORKED_ON) == set(CaseState) - {SOLVED, CLOSED}


class TestRateCase:
    async def _rate(self, session: AsyncSession, key: int, satisfaction: int = 4, **more: str) -> None:
        await rate_case(
            session, key, satisfaction, expected_version=1, actor=SYSTEM, now=NOW + 5 * HOUR, **more
        )

    async def test_the_customer_says_it_once_after_the_solution(
        self, session: AsyncSession, opened: Open
    ) -> None:
        key = await opened()
        await _to(session, key, SOLVED, CLOSED)

        await self._rate(session, key, 5, comment="친절했습니다")

        assert await rows(session, "SELECT satisfaction, satisfaction_comment, rated_at FROM cases") == [
            (5, "친절했습니다", NOW + 5 * HOUR)
        ]
        with pytest.raises(AlreadyRated, match="rated once"):
            await self._rate(session, key, 1)

    async def test_reopened_it_is_still_rated(self, session: AsyncSession, opened: Open) -> None:
        key = await opened()
        await _to(session, key, SOLVED)
        await self._rate(session, key, 2)

        await _to(session, key, OPEN, SOLVED)

        with pytest.raises(AlreadyRated):
            await self._rate(session, key, 5)

    @pytest.mark.parametrize(
        "states", [(), (OPEN,), (CLOSED,), (SOLVED, OPEN)], ids=lambda states: "-".join(states)
    )
    async def test_what_is_not_solved_is_not_rated(
        self, session: AsyncSession, opened: Open, states: tuple[CaseState, ...]
    ) -> None:
        key = await opened()
        await _to(session, key, *states)

        with pytest.raises(NotSolved, match="not solved"):
            await self._rate(session, key)

    @pytest.mark.parametrize("satisfaction", [0, 6, -1])
    async def test_it_is_one_to_five(self, session: AsyncSession, opened: Open, satisfaction: int) -> None:
        key = await opened()
        await _to(session, key, SOLVED)

        with pytest.raises(Invalid, match=f"satisfaction is {satisfaction}; allowed: 1 to 5"):
            await self._rate(session, key, satisfaction)
