"""The stages of the lifecycle, told from orders."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.customers.lifecycle import RulesTaken, Thresholds, add_lifecycle_rules, refresh_lifecycle
from domain.errors import Invalid

NOW = datetime(2030, 1, 1, tzinfo=UTC)
DEFAULT = Thresholds(2, 5, 365, 120, 365, 90)


async def _customer(session: AsyncSession, *days_ago: float, kind: str = "SALE") -> int:
    key: int | None = await session.scalar(text("INSERT INTO customers (name) VALUES ('x') RETURNING id"))
    assert key is not None
    for number, days in enumerate(days_ago):
        at = NOW - timedelta(days=days)
        await session.execute(
            text(
                "WITH placed AS (INSERT INTO orders"
                " (source_system, source_id, number, ordered_at, currency, customer_id)"
                " VALUES ('t', :name, :name, :at, 'KRW', :key) RETURNING id)"
                " INSERT INTO order_lines (order_id, position, kind, quantity, unit_price)"
                " SELECT id, 1, :kind, 1, 1 FROM placed"
            ),
            {"name": f"{key}-{number}", "at": at, "key": key, "kind": kind},
        )
    return key


async def _stage(session: AsyncSession, key: int) -> str:
    found = await session.scalar(text("SELECT lifecycle_stage FROM customers WHERE id = :key"), {"key": key})
    return str(found)


class TestStages:
    @pytest.mark.parametrize(
        ("days_ago", "stage"),
        [
            ((), "PROSPECT"),
            ((119.9,), "NEW"),
            ((120,), "AT_RISK"),
            ((364.9,), "AT_RISK"),
            ((365,), "LAPSED"),
            ((5, 100), "GROWING"),
            ((5, 10, 20, 30), "GROWING"),
            ((5, 10, 20, 30, 364.9), "LOYAL"),
            ((5, 10, 20, 30, 365), "GROWING"),
            ((130, 140, 150, 160, 170), "AT_RISK"),
            ((89.9, 454.9), "WON_BACK"),
            ((90, 455), "GROWING"),
            ((89, 453), "GROWING"),
            ((10, 20, 400), "WON_BACK"),
            ((-1,), "PROSPECT"),
        ],
        ids=lambda value: str(value).replace(" ", ""),
    )
    async def test_the_stage_follows_the_orders(
        self, session: AsyncSession, days_ago: tuple[float, ...], stage: str
    ) -> None:
        key = await _customer(session, *days_ago)

        await refresh_lifecycle(session, now=NOW)

        assert await _stage(session, key) == stage

    async def test_a_return_alone_is_no_order(self, session: AsyncSession) -> None:
        key = await _customer(session, 5, kind="RETURN")

        await refresh_lifecycle(session, now=NOW)

        assert await _stage(session, key) == "PROSPECT"


class TestRefreshLifecycle:
    async def test_who_stays_is_not_written_and_who_moves_is_counted(self, session: AsyncSession) -> None:
        await _customer(session)
        await _customer(session, 5)

        assert await refresh_lifecycle(session, now=NOW) == 1
        assert await refresh_lifecycle(session, now=NOW) == 0

    async def test_only_the_named_ones_are_looked_at(self, session: AsyncSession) -> None:
        one, other = await _customer(session, 5), await _customer(session, 5)

        await refresh_lifecycle(session, now=NOW, customer_ids=[one])

        assert (await _stage(session, one), await _stage(session, other)) == ("NEW", "PROSPECT")

    async def test_the_stages_are_history(self, session: AsyncSession) -> None:
        key = await _customer(session, 5)
        later = NOW + timedelta(days=200)

        await refresh_lifecycle(session, now=NOW)
        await refresh_lifecycle(session, now=later)

        found = await session.execute(
            text(
                "SELECT stage, since FROM customer_lifecycle_stages WHERE customer_id = :key ORDER BY since"
            ),
            {"key": key},
        )
        stages = [tuple(row) for row in found]
        assert [stage for stage, _ in stages] == ["PROSPECT", "NEW", "AT_RISK"]
        assert [since for _, since in stages[1:]] == [NOW, later]


class TestRules:
    async def test_the_rules_in_force_at_the_time_tell(self, session: AsyncSession) -> None:
        key = await _customer(session, 50)
        strict = Thresholds(2, 5, 365, 30, 365, 90)
        await add_lifecycle_rules(session, strict, valid_from=NOW + timedelta(days=1), now=NOW)

        await refresh_lifecycle(session, now=NOW)
        before = await _stage(session, key)
        await refresh_lifecycle(session, now=NOW + timedelta(days=1))

        assert (before, await _stage(session, key)) == ("NEW", "AT_RISK")

    @pytest.mark.parametrize(
        ("rules", "place"),
        [
            (Thresholds(1, 5, 365, 120, 365, 90), "growing_orders"),
            (Thresholds(5, 5, 365, 120, 365, 90), "growing_orders"),
            (Thresholds(2, 5, 0, 120, 365, 90), "loyal_within_days"),
            (Thresholds(2, 5, 365, 365, 365, 90), "at_risk_days"),
            (Thresholds(2, 5, 365, 120, 99_999, 90), "lapsed_days"),
        ],
        ids=["grow", "loyal", "zero", "risk", "far"],
    )
    async def test_rules_that_make_no_sense_are_refused(
        self, session: AsyncSession, rules: Thresholds, place: str
    ) -> None:
        with pytest.raises(Invalid) as caught:
            await add_lifecycle_rules(session, rules, valid_from=NOW, now=NOW)

        assert caught.value.path == (place,)

    async def test_the_past_is_not_told_anew(self, session: AsyncSession) -> None:
        with pytest.raises(Invalid, match="from now on"):
            await add_lifecycle_rules(session, DEFAULT, valid_from=NOW - timedelta(seconds=1), now=NOW)

    async def test_two_rule_sets_do_not_begin_at_once(self, session: AsyncSession) -> None:
        await add_lifecycle_rules(session, DEFAULT, valid_from=NOW, now=NOW)

        with pytest.raises(RulesTaken):
            await add_lifecycle_rules(session, DEFAULT, valid_from=NOW, now=NOW)
