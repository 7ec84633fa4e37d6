"""Creating and updating offers."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import Invalid, StaleVersion
from domain.money import Money
from domain.offers.commands import create_offer, update_offer
from domain.offers.errors import OfferCodeTaken, OfferNotFound
from domain.offers.terms import OfferTerms
from domain.offers.tree import OfferKind

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CASHBACK: OfferTerms = {
    "kind": OfferKind.REWARD_CASHBACK,
    "name": "Welcome back",
    "value": Money(Decimal(5000), "KRW"),
}


async def _row(session: AsyncSession) -> dict[str, Any]:
    return (await session.execute(text("SELECT * FROM offers"))).one()._asdict()


class TestCreateOffer:
    async def test_the_terms_are_stored(self, session: AsyncSession) -> None:
        await session.execute(text("INSERT INTO products (id, code, name) VALUES (3, 'P', 'p')"))

        key = await create_offer(
            session,
            "WB-1",
            terms={
                "kind": OfferKind.PROACTIVE_DISCOUNT,
                "name": " 돌아온 단골 ",
                "product_id": 3,
                "value": Money(Decimal("10.5"), "USD"),
                "cost": Money(Decimal(4), "USD"),
                "valid_from": NOW,
                "valid_to": NOW + timedelta(days=30),
                "quantity_limit": 100,
                "agent_grantable": True,
                "agent_monthly_budget": Money(Decimal(200), "USD"),
            },
            now=NOW,
        )

        row = await _row(session)
        assert (row["id"], row["code"], row["name"], row["kind"]) == (
            key,
            "WB-1",
            "돌아온 단골",
            "PROACTIVE_DISCOUNT",
        )
        assert (row["value"], row["cost"], row["currency"]) == (Decimal("10.50"), Decimal(4), "USD")
        assert (row["valid_from"], row["valid_to"]) == (NOW, NOW + timedelta(days=30))
        assert (row["quantity_limit"], row["agent_grantable"], row["agent_monthly_budget"]) == (
            100,
            True,
            200,
        )
        assert row["product_id"] == 3

    async def test_it_is_valid_from_now_where_nothing_is_said(self, session: AsyncSession) -> None:
        await create_offer(session, "WB-1", terms=CASHBACK, now=NOW)

        row = await _row(session)
        assert (row["valid_from"], row["valid_to"]) == (NOW, None)

    async def test_a_code_is_used_once(self, session: AsyncSession) -> None:
        await create_offer(session, "WB-1", terms=CASHBACK, now=NOW)

        with pytest.raises(OfferCodeTaken, match="'WB-1'"):
            await create_offer(session, "WB-1", terms={**CASHBACK, "name": "other"}, now=NOW)

    @pytest.mark.parametrize(
        ("change", "reason", "path"),
        [
            ({"name": ""}, "name is empty", ("name",)),
            ({"name": None}, "cannot be cleared", ("name",)),
            ({"value": Money(Decimal(1), "XXX")}, "unknown currency 'XXX'", ("value", "currency")),
            ({"cost": Money(Decimal(1), "KWD")}, "unknown currency 'KWD'", ("cost", "currency")),
            ({"cost": Money(Decimal(1), "USD")}, "value is in KRW, cost in USD", ("value", "currency")),
            ({"value": Money(Decimal("0.5"), "KRW")}, "more decimals than KRW", ("value", "amount")),
            ({"value": Money(Decimal("NaN"), "KRW")}, "no amount", ("value", "amount")),
            ({"cost": Money(Decimal(-1), "KRW")}, "allowed: 0 to", ("cost", "amount")),
            ({"valid_to": NOW}, "not after valid_from", ("valid_to",)),
            ({"quantity_limit": 0}, "allowed: 1 to", ("quantity_limit",)),
            ({"quantity_limit": 2**31}, "allowed: 1 to", ("quantity_limit",)),
            ({"product_id": 99}, "no such product", ("product_id",)),
            (
                {"value": None, "agent_monthly_budget": Money(Decimal(1), "KRW")},
                "needs a cost or a value",
                ("agent_monthly_budget",),
            ),
        ],
    )
    async def test_what_breaks_a_rule_is_refused_with_its_place(
        self, session: AsyncSession, change: Any, reason: str, path: tuple[str, ...]
    ) -> None:
        with pytest.raises(Invalid, match=reason) as caught:
            await create_offer(session, "WB-1", terms={**CASHBACK, **change}, now=NOW)

        assert caught.value.path == path

    @pytest.mark.parametrize("missing", ["kind", "name"])
    async def test_what_every_offer_has_is_asked_for(self, session: AsyncSession, missing: str) -> None:
        terms: Any = {key: value for key, value in CASHBACK.items() if key != missing}

        with pytest.raises(Invalid, match=f"{missing} is missing"):
            await create_offer(session, "WB-1", terms=terms, now=NOW)


class TestUpdateOffer:
    async def test_what_is_absent_is_left_and_none_clears(self, session: AsyncSession) -> None:
        key = await create_offer(session, "WB-1", terms={**CASHBACK, "quantity_limit": 5}, now=NOW)

        await update_offer(session, key, changes={"quantity_limit": None, "name": "New"}, expected_version=1)

        row = await _row(session)
        assert (row["name"], row["quantity_limit"], row["value"]) == ("New", None, 5000)

    async def test_a_standing_amount_does_not_change_its_currency(self, session: AsyncSession) -> None:
        terms: OfferTerms = {**CASHBACK, "cost": Money(Decimal(3000), "KRW")}
        key = await create_offer(session, "WB-1", terms=terms, now=NOW)
        dollars = Money(Decimal("9.99"), "USD")

        with pytest.raises(Invalid, match="value is in USD, cost in KRW"):
            await update_offer(session, key, changes={"value": dollars}, expected_version=1)
        await update_offer(session, key, changes={"value": dollars, "cost": None}, expected_version=1)

        row = await _row(session)
        assert (row["value"], row["cost"], row["currency"]) == (Decimal("9.99"), None, "USD")

    async def test_what_a_budget_counts_by_is_not_taken_away(self, session: AsyncSession) -> None:
        terms: OfferTerms = {**CASHBACK, "agent_monthly_budget": Money(Decimal(9000), "KRW")}
        key = await create_offer(session, "WB-1", terms=terms, now=NOW)

        with pytest.raises(Invalid, match="needs a cost or a value"):
            await update_offer(session, key, changes={"value": None}, expected_version=1)

    async def test_a_validity_cannot_end_before_it_began(self, session: AsyncSession) -> None:
        key = await create_offer(session, "WB-1", terms=CASHBACK, now=NOW)

        with pytest.raises(Invalid, match="not after valid_from"):
            await update_offer(
                session, key, changes={"valid_to": NOW - timedelta(days=1)}, expected_version=1
            )

    async def test_an_old_version_is_refused(self, session: AsyncSession) -> None:
        key = await create_offer(session, "WB-1", terms=CASHBACK, now=NOW)

        with pytest.raises(StaleVersion, match="version 7 was expected, 1 stands now") as caught:
            await update_offer(session, key, changes={"name": "New"}, expected_version=7)

        assert caught.value.current == key

    async def test_one_that_does_not_exist_is_not_found(self, session: AsyncSession) -> None:
        with pytest.raises(OfferNotFound):
            await update_offer(session, 99, changes={}, expected_version=1)
