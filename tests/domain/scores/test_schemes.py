"""Schemes of RFM: several side by side, dated, and refused where they make no sense."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import Invalid
from domain.scores.errors import SchemeNotFound, SchemeTaken, UnknownCurrency
from domain.scores.model import RfmAnchor
from domain.scores.schemes import Bounds, NewScheme, add_scheme, scheme_on, schemes_on

NOW = datetime(2026, 1, 1, 15, 30, tzinfo=UTC)
"""2 January in Seoul."""

DEFAULT = Bounds(
    recency_2_months=3,
    recency_3_months=2,
    frequency_2_orders=2,
    frequency_3_orders=3,
    monetary_2_above=Decimal(100_000),
    monetary_3_from=Decimal(500_000),
)
FIFTHS = NewScheme(
    name="fifths", valid_from=date(2020, 1, 1), currency="KRW", frequency_months=12, quantiles=5
)


class TestAddScheme:
    async def test_the_default_scheme_is_that_of_the_business(self, session: AsyncSession) -> None:
        scheme = await scheme_on(session, "default", date(1999, 1, 1))

        assert (scheme.currency, scheme.frequency_months, scheme.anchor, scheme.levels) == (
            "KRW",
            3,
            RfmAnchor.LAST_ORDER,
            3,
        )
        assert scheme.bounds == DEFAULT

    async def test_several_stand_side_by_side(self, session: AsyncSession) -> None:
        await add_scheme(session, FIFTHS, now=NOW)

        assert [each.name for each in await schemes_on(session, date(2026, 1, 1))] == ["default", "fifths"]
        assert [each.name for each in await schemes_on(session, date(2019, 12, 31))] == ["default"]

    async def test_a_scheme_changes_from_its_day_on(self, session: AsyncSession) -> None:
        dearer = replace(DEFAULT, monetary_3_from=Decimal(900_000))
        later = NewScheme(
            name="default", valid_from=date(2026, 1, 2), currency="KRW", frequency_months=3, bounds=dearer
        )

        await add_scheme(session, later, now=NOW)

        before = await scheme_on(session, "default", date(2026, 1, 1))
        after = await scheme_on(session, "default", date(2026, 1, 2))
        assert (before.bounds, after.bounds) == (DEFAULT, dearer)

    async def test_the_past_of_a_scheme_is_not_changed(self, session: AsyncSession) -> None:
        late = replace(FIFTHS, name="default", valid_from=date(2026, 1, 1))

        with pytest.raises(Invalid, match="from today on or later"):
            await add_scheme(session, late, now=NOW)

    async def test_one_day_holds_one_change(self, session: AsyncSession) -> None:
        coming = replace(FIFTHS, valid_from=date(2026, 2, 1))
        await add_scheme(session, coming, now=NOW)

        with pytest.raises(SchemeTaken, match="'fifths'"):
            await add_scheme(session, coming, now=NOW)

    async def test_a_name_that_no_scheme_has_is_told_those_that_stand(self, session: AsyncSession) -> None:
        with pytest.raises(SchemeNotFound, match="no scheme 'x' on 2026-01-01; schemes: default"):
            await scheme_on(session, "x", date(2026, 1, 1))

    async def test_a_currency_that_is_none_is_refused(self, session: AsyncSession) -> None:
        with pytest.raises(UnknownCurrency):
            await add_scheme(session, replace(FIFTHS, currency="XXZ"), now=NOW)

    @pytest.mark.parametrize(
        ("change", "path", "told"),
        [
            ({"quantiles": 6}, ("quantiles",), "quantiles is 6; allowed are 2 to 5"),
            ({"quantiles": 1}, ("quantiles",), "quantiles is 1; allowed are 2 to 5"),
            ({"frequency_months": 0}, ("frequency_months",), "frequency_months is 0; allowed are 1 to 120"),
            ({"quantiles": None}, ("bounds",), "by thresholds or by quantiles"),
            ({"bounds": DEFAULT}, ("bounds",), "by thresholds or by quantiles"),
            ({"name": " "}, ("name",), "name is empty"),
        ],
        ids=["six", "one", "window", "neither", "both", "nameless"],
    )
    async def test_what_makes_no_scheme_is_refused(
        self, session: AsyncSession, change: dict[str, Any], path: tuple[str, ...], told: str
    ) -> None:
        with pytest.raises(Invalid, match=told) as refused:
            await add_scheme(session, replace(FIFTHS, **change), now=NOW)

        assert refused.value.path == path

    @pytest.mark.parametrize(
        ("change", "place"),
        [
            ({"recency_3_months": 3}, "recency_3_months"),
            ({"recency_2_months": 121}, "recency_2_months"),
            ({"frequency_2_orders": 1}, "frequency_3_orders"),
            ({"frequency_3_orders": 2}, "frequency_3_orders"),
            ({"monetary_3_from": Decimal(100_000)}, "monetary_3_from"),
            ({"monetary_2_above": Decimal("0.00001")}, "monetary_2_above"),
        ],
        ids=["recency", "far", "one order", "same orders", "same money", "digits"],
    )
    async def test_bounds_that_do_not_rise_are_refused(
        self, session: AsyncSession, change: dict[str, Any], place: str
    ) -> None:
        bounds = replace(DEFAULT, **change)

        with pytest.raises(Invalid) as refused:
            await add_scheme(session, replace(FIFTHS, quantiles=None, bounds=bounds), now=NOW)

        assert refused.value.path == ("bounds", place)
