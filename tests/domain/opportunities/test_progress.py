"""Opportunities go from stage to stage and become orders."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import SYSTEM
from domain.errors import Invalid
from domain.opportunities.errors import MoveNotAllowed, NotWon, ReasonNeeded
from domain.opportunities.model import OpportunityStage
from domain.opportunities.progress import link_order, move_opportunity
from domain.opportunities.stages import MOVES, OPEN
from tests.domain.opportunities.conftest import Open
from tests.domain.work.people import HEAD, NOW, rows

LEAD, QUALIFIED, PROPOSED, NEGOTIATING, WON, LOST = OpportunityStage
LATER = NOW + timedelta(days=1)


async def _to(session: AsyncSession, key: int, stage: OpportunityStage, **more: Any) -> None:
    await move_opportunity(session, key, stage, expected_version=1, actor=HEAD, now=LATER, **more)


class TestMoveOpportunity:
    async def test_each_move_is_kept_and_takes_the_probability_of_its_stage(
        self, session: AsyncSession, opened: Open
    ) -> None:
        key = await opened()

        await _to(session, key, QUALIFIED)
        await _to(session, key, NEGOTIATING, probability=60, reason="price is open")

        assert await rows(
            session,
            "SELECT from_stage, to_stage, probability, moved_at, moved_by_id, reason FROM opportunity_moves"
            " ORDER BY id OFFSET 1",
        ) == [
            ("LEAD", "QUALIFIED", 25, LATER, 4, None),
            ("QUALIFIED", "NEGOTIATING", 60, LATER, 4, "price is open"),
        ]
        assert await rows(session, "SELECT stage, probability, closed_at FROM opportunities") == [
            ("NEGOTIATING", 60, None)
        ]

    async def test_won_it_may_name_its_order_at_once(self, session: AsyncSession, opened: Open) -> None:
        key = await opened()

        await _to(session, key, WON, order_id=1)

        assert await rows(session, "SELECT stage, probability, closed_at, order_id FROM opportunities") == [
            ("WON", 100, LATER, 1)
        ]

    async def test_lost_it_has_a_reason(self, session: AsyncSession, opened: Open) -> None:
        key = await opened()

        with pytest.raises(ReasonNeeded, match="from LEAD to LOST a reason is needed"):
            await _to(session, key, LOST)
        await _to(session, key, LOST, reason="bought elsewhere")

        assert await rows(
            session, "SELECT stage, probability, closed_at, lost_reason FROM opportunities"
        ) == [("LOST", 0, LATER, "bought elsewhere")]

    @pytest.mark.parametrize("end", [WON, LOST])
    async def test_it_is_opened_again_with_a_reason_and_forgets_its_end(
        self, session: AsyncSession, opened: Open, end: OpportunityStage
    ) -> None:
        key = await opened()
        await _to(session, key, end, reason="x", order_id=1 if end is WON else None)

        with pytest.raises(ReasonNeeded):
            await _to(session, key, PROPOSED)
        await _to(session, key, PROPOSED, reason="wants it after all")

        assert await rows(
            session, "SELECT stage, probability, closed_at, lost_reason, order_id FROM opportunities"
        ) == [("PROPOSED", 50, None, None, None)]

    @pytest.mark.parametrize("stage", OpportunityStage)
    async def test_stages_move_as_the_table_says(
        self, session: AsyncSession, opened: Open, stage: OpportunityStage
    ) -> None:
        key = await opened(stage=stage if stage in OPEN else LEAD)
        if stage not in OPEN:
            await _to(session, key, stage, reason="x")

        for wanted in set(OpportunityStage) - MOVES[stage]:
            with pytest.raises(MoveNotAllowed, match=f"that is {stage} cannot become {wanted}; allowed: "):
                await _to(session, key, wanted, reason="x")
        for wanted in MOVES[stage]:
            async with session.begin_nested() as savepoint:
                await _to(session, key, wanted, reason="x")
                await savepoint.rollback()

        assert await rows(session, "SELECT stage FROM opportunities") == [(stage.value,)]

    async def test_an_end_takes_no_other_probability(self, session: AsyncSession, opened: Open) -> None:
        key = await opened()

        with pytest.raises(Invalid, match="the probability of LOST is 0, not 1"):
            await _to(session, key, LOST, reason="x", probability=1)


class TestMoves:
    def test_won_and_lost_lead_only_back_to_what_is_open(self) -> None:
        assert MOVES[WON] == MOVES[LOST] == set(OPEN)

    def test_whatever_is_open_leads_everywhere_but_to_itself(self) -> None:
        assert all(MOVES[stage] == set(OpportunityStage) - {stage} for stage in OPEN)


class TestLinkOrder:
    async def test_the_order_of_what_was_won_is_named_later_and_taken_back(
        self, session: AsyncSession, opened: Open
    ) -> None:
        key = await opened()
        await _to(session, key, WON)

        await link_order(session, key, 1, expected_version=1, actor=SYSTEM)
        linked = await rows(session, "SELECT order_id FROM opportunities")
        await link_order(session, key, None, expected_version=1, actor=SYSTEM)

        assert linked == [(1,)]
        assert await rows(session, "SELECT order_id FROM opportunities") == [(None,)]

    async def test_what_was_not_won_has_no_order(self, session: AsyncSession, opened: Open) -> None:
        key = await opened()

        with pytest.raises(NotWon, match="the opportunity is LEAD"):
            await link_order(session, key, 1, expected_version=1, actor=SYSTEM)
        with pytest.raises(NotWon):
            await _to(session, key, LOST, reason="x", order_id=1)

    @pytest.mark.parametrize("order", [2, 99])
    async def test_another_customer_s_order_is_not_there(
        self, session: AsyncSession, opened: Open, order: int
    ) -> None:
        key = await opened()

        with pytest.raises(Invalid, match="no such order of this customer"):
            await _to(session, key, WON, order_id=order)
