"""Opportunities are opened and changed."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import SYSTEM
from domain.customers.errors import CustomerNotFound, OutOfSight
from domain.errors import Invalid, StaleVersion
from domain.money import Money
from domain.opportunities.commands import update_opportunity
from domain.opportunities.errors import OpportunityNotFound
from domain.opportunities.model import OpportunitySource, OpportunityStage
from domain.opportunities.progress import move_opportunity
from tests.domain.opportunities.conftest import Open
from tests.domain.work.people import HEAD, KIM, LEE, NOW, SHOP, rows


async def _update(session: AsyncSession, key: int, **changes: Any) -> None:
    await update_opportunity(session, key, changes=changes, expected_version=1, actor=SYSTEM)  # type: ignore[arg-type]  # the test's


class TestCreateOpportunity:
    async def test_it_stands_with_the_probability_of_its_stage_and_its_history_begins(
        self, session: AsyncSession, opened: Open
    ) -> None:
        key = await opened(
            actor=HEAD,
            stage=OpportunityStage.PROPOSED,
            amount=Money(Decimal(1_200_000), "KRW"),
            expected_on=date(2026, 4, 1),
            source=OpportunitySource.ENQUIRY,
            touchpoint_id=1,
            note="매달 20 kg",
            offer_ids=[2, 1],
            grant_ids=[1],
        )

        assert await rows(
            session,
            "SELECT customer_id, name, stage, probability, amount, currency, expected_on, source, touchpoint_id, note,"
            " opened_at, closed_at, owner_id FROM opportunities",
        ) == [
            (
                1,
                "커피 정기배송",
                "PROPOSED",
                50,
                Decimal("1200000.00"),
                "KRW",
                date(2026, 4, 1),
                "ENQUIRY",
                1,
                "매달 20 kg",
                NOW,
                None,
                None,
            )
        ]
        assert await rows(
            session,
            "SELECT opportunity_id, from_stage, to_stage, probability, moved_at, moved_by_id FROM opportunity_moves",
        ) == [(key, None, "PROPOSED", 50, NOW, 4)]
        assert await rows(session, "SELECT offer_id FROM opportunity_offers ORDER BY 1") == [(1,), (2,)]
        assert await rows(session, "SELECT grant_id FROM opportunity_grants") == [(1,)]

    async def test_without_a_word_on_it_the_writer_owns_it_or_his_branch_has_it(
        self, session: AsyncSession, opened: Open
    ) -> None:
        await opened(actor=KIM)
        await opened(3, actor=SHOP)

        assert await rows(session, "SELECT owner_id, branch_id FROM opportunities ORDER BY id") == [
            (1, None),
            (None, 1),
        ]

    @pytest.mark.parametrize(
        ("change", "path"),
        [
            ({"name": " "}, ("name",)),
            ({"name": None}, ("name",)),
            ({"probability": 101}, ("probability",)),
            ({"probability": -1}, ("probability",)),
            ({"amount": Money(Decimal("0.5"), "KRW")}, ("amount", "amount")),
            ({"amount": Money(Decimal(-1), "KRW")}, ("amount", "amount")),
            ({"amount": Money(Decimal(1), "XXQ")}, ("amount", "currency")),
            ({"owner_id": 5}, ("owner_id",)),
            ({"branch_id": 99}, ("branch_id",)),
            ({"touchpoint_id": 3}, ("touchpoint_id",)),
            ({"offer_ids": [1, 99]}, ("offer_ids", 1)),
            ({"grant_ids": [2]}, ("grant_ids", 0)),
            ({"offer_ids": list(range(1, 102))}, ("offer_ids",)),
            ({"stage": OpportunityStage.WON}, ("stage",)),
            ({"stage": OpportunityStage.LOST}, ("stage",)),
        ],
    )
    async def test_what_is_not_allowed_names_its_place(
        self, opened: Open, change: dict[str, Any], path: tuple[str | int, ...]
    ) -> None:
        with pytest.raises(Invalid) as refused:
            await opened(**change)

        assert refused.value.path == path

    async def test_a_customer_out_of_sight_is_not_there(self, opened: Open) -> None:
        for actor, customer in ((LEE, 1), (HEAD, 99)):
            with pytest.raises(CustomerNotFound):
                await opened(customer, actor=actor)

    async def test_nobody_opens_what_he_would_not_see(self, opened: Open) -> None:
        # Kim sees the customer and so all that belongs to him, whoever owns it.
        await opened(actor=KIM, owner_id=2)
        with pytest.raises((OutOfSight, CustomerNotFound)):
            await opened(2, actor=KIM, owner_id=2)


class TestUpdateOpportunity:
    async def test_what_is_absent_is_left_none_clears_and_lists_are_replaced(
        self, session: AsyncSession, opened: Open
    ) -> None:
        key = await opened(amount=Money(Decimal(1000), "KRW"), note="x", offer_ids=[1], grant_ids=[1])

        await _update(session, key, amount=None, offer_ids=[2], name="새 이름")

        assert await rows(session, "SELECT name, amount, currency, note FROM opportunities") == [
            ("새 이름", None, None, "x")
        ]
        assert await rows(session, "SELECT offer_id FROM opportunity_offers") == [(2,)]
        assert await rows(session, "SELECT grant_id FROM opportunity_grants") == [(1,)]

    async def test_a_probability_is_given_and_taken_back_to_that_of_the_stage(
        self, session: AsyncSession, opened: Open
    ) -> None:
        key = await opened(probability=33)
        given = await rows(session, "SELECT probability FROM opportunities")

        await _update(session, key, probability=None)

        assert given == [(33,)]
        assert await rows(session, "SELECT probability FROM opportunities") == [(10,)]

    async def test_the_end_has_a_probability_of_its_own(self, session: AsyncSession, opened: Open) -> None:
        key = await opened()
        await move_opportunity(session, key, OpportunityStage.WON, expected_version=1, actor=SYSTEM, now=NOW)

        with pytest.raises(Invalid, match="the probability of WON is 100, not 50"):
            await _update(session, key, probability=50)

    async def test_an_old_version_and_what_is_not_seen_are_refused(
        self, session: AsyncSession, opened: Open
    ) -> None:
        key = await opened()

        with pytest.raises(StaleVersion):
            await update_opportunity(session, key, changes={}, expected_version=2, actor=SYSTEM)
        with pytest.raises(OpportunityNotFound):
            await update_opportunity(session, key, changes={}, expected_version=1, actor=LEE)
