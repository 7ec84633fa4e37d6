"""Schemes of RFM: added, found by name and day, and checked."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import text
from domain.company.model import Company, Currency
from domain.errors import Invalid
from domain.messages import say
from domain.money import fine
from domain.scores.errors import SchemeNotFound, SchemeTaken, UnknownCurrency
from domain.scores.model import RfmAnchor, RfmMethod, RfmScheme

MOST_MONTHS = 120
LEVELS = 3


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """The thresholds of a scheme by THRESHOLDS; see `RfmScheme`."""

    recency_2_months: int
    recency_3_months: int
    frequency_2_orders: int
    frequency_3_orders: int
    monetary_2_above: Decimal
    monetary_3_from: Decimal


@dataclass(frozen=True, kw_only=True)
class NewScheme:
    """A scheme as it is told: by bounds, or by `quantiles` of the customers (2 to 5)."""

    name: str
    valid_from: date
    currency: str
    frequency_months: int
    anchor: RfmAnchor = RfmAnchor.LAST_ORDER
    bounds: Bounds | None = None
    quantiles: int | None = None


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """A scheme as it stands on a day. `bounds` is None where customers are scored by quantiles of them."""

    id: int
    name: str
    currency: str
    anchor: RfmAnchor
    levels: int
    frequency_months: int
    bounds: Bounds | None

    @property
    def empty_cells(self) -> tuple[str, ...]:
        """Cells in which nobody can be (as `rfmScheme.emptyCells` says by SQL): see domain/scores/queries.py."""
        if self.anchor is not RfmAnchor.TAU or self.bounds is None:
            return ()
        return ("12*", "13*") if self.frequency_months <= self.bounds.recency_2_months else ()


async def add_scheme(session: AsyncSession, scheme: NewScheme, *, now: datetime) -> int:
    """From `valid_from` on, the scheme of this name is this; its key. What was scored before stands.

    A new name may begin on any day, a change of one that stands from today (in the company's zone) on. Raises Invalid,
    UnknownCurrency, SchemeTaken. Four statements.
    """
    name = text.name(scheme.name, "name", limit=60)
    columns = {**_columns(scheme), "name": name}
    if await session.scalar(select(Currency.code).where(Currency.code == scheme.currency)) is None:
        raise UnknownCurrency
    known = await session.scalar(select(exists().where(RfmScheme.name == name)))
    if known and scheme.valid_from < await company_day(session, now):
        raise Invalid(
            say("a scheme that stands changes from today on or later: the past is not scored anew"),
            "valid_from",
        )
    made: int | None = await session.scalar(
        insert(RfmScheme)
        .values(columns)
        .on_conflict_do_nothing(index_elements=[RfmScheme.name, RfmScheme.valid_from])
        .returning(RfmScheme.id)
    )
    if made is None:
        raise SchemeTaken(name)
    return made


async def company_day(session: AsyncSession, now: datetime) -> date:
    """The company's day at `now`. One statement."""
    zone = await session.scalar(select(Company.time_zone))
    return now.astimezone(ZoneInfo(zone or "UTC")).date()


async def schemes_on(session: AsyncSession, on: date) -> Sequence[Scheme]:
    """Every scheme as it stands on the day, by name. One statement."""
    latest = (
        select(RfmScheme)
        .where(RfmScheme.valid_from <= on)
        .ext(distinct_on(RfmScheme.name))
        .order_by(RfmScheme.name, RfmScheme.valid_from.desc())
    )
    return [_standing(row) for row in await session.scalars(latest)]


async def scheme_on(session: AsyncSession, name: str, on: date, *, at: str = "scheme") -> Scheme:
    """The scheme of this name as it stands on the day. Raises SchemeNotFound, which names those that stand; `at` is
    where the name was given."""
    found = await schemes_on(session, on)
    for scheme in found:
        if scheme.name == name:
            return scheme
    raise SchemeNotFound(name, on, ", ".join(each.name for each in found) or "-", at=at)


def _standing(row: RfmScheme) -> Scheme:
    return Scheme(
        id=row.id,
        name=row.name,
        currency=row.currency,
        anchor=RfmAnchor(row.anchor),
        levels=row.levels,
        frequency_months=row.frequency_months,
        bounds=_bounds(row) if row.method == RfmMethod.THRESHOLDS else None,
    )


def _bounds(row: RfmScheme) -> Bounds:
    told: dict[str, Any] = {name: getattr(row, name) for name in Bounds.__dataclass_fields__}
    return Bounds(**told)


def _columns(scheme: NewScheme) -> dict[str, Any]:
    if not 1 <= scheme.frequency_months <= MOST_MONTHS:
        raise _out_of_range("frequency_months", scheme.frequency_months, 1, MOST_MONTHS)
    if (scheme.bounds is None) == (scheme.quantiles is None):
        raise Invalid(say("a scheme is by thresholds or by quantiles: give one of the two"), "bounds")
    common = {
        "valid_from": scheme.valid_from,
        "currency": scheme.currency,
        "anchor": scheme.anchor,
        "frequency_months": scheme.frequency_months,
    }
    if scheme.bounds is not None:
        return {
            **common,
            "method": RfmMethod.THRESHOLDS,
            "levels": LEVELS,
            **_checked_bounds(scheme.bounds),
        }
    assert scheme.quantiles is not None, "one of the two is given"
    if not 2 <= scheme.quantiles <= 5:
        raise _out_of_range("quantiles", scheme.quantiles, 2, 5)
    return {**common, "method": RfmMethod.QUANTILES, "levels": scheme.quantiles}


def _checked_bounds(bounds: Bounds) -> dict[str, Any]:
    found = asdict(bounds)
    for name in ("recency_2_months", "recency_3_months"):
        if not 1 <= found[name] <= MOST_MONTHS:
            raise _out_of_range(name, found[name], 1, MOST_MONTHS, "bounds")
    for name in ("monetary_2_above", "monetary_3_from"):
        found[name] = fine(found[name], "bounds", name)
    if bounds.recency_3_months >= bounds.recency_2_months:
        told = say("recency 3 is nearer than recency 2: give fewer months")
        raise Invalid(told, "bounds", "recency_3_months")
    if not 2 <= bounds.frequency_2_orders < bounds.frequency_3_orders <= 1_000_000:
        told = say("frequency 2 takes at least 2 orders, and frequency 3 more than that")
        raise Invalid(told, "bounds", "frequency_3_orders")
    if not 0 <= bounds.monetary_2_above < bounds.monetary_3_from:
        told = say("monetary 2 begins above 0 or more, and monetary 3 above that")
        raise Invalid(told, "bounds", "monetary_3_from")
    return found


def _out_of_range(name: str, given: int, least: int, most: int, *path: str) -> Invalid:
    told = say(
        "{name} is {given}; allowed are {least} to {most}", name=name, given=given, least=least, most=most
    )
    return Invalid(told, *path, name)
