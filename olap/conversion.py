"""Amounts of several currencies in one: each fact's at the rate of its own day, the latest told on or before it.

Rates are few and days are few: both are laid out in one order, and each day takes the rate before it. That gives a
table of currency, day and rate which joins facts by equality in every engine. An amount that is in the wanted currency
already stands as it is, and so does nothing at all; another one without a rate is marked, and the question refused.
"""

import sqlalchemy as sa

from olap.physical import Conversion
from olap.star import KINDS

RATE = KINDS["rate"]
ALIAS = "conversion"
RATED = sa.literal_column(f"{ALIAS}.rate", RATE)
"""The rate of the fact's day. A name, since what aggregates a column and what joins its facts are made apart."""

# Not the star's own tables: other times put other days in their place.
_RATES = sa.table("exchange_rate", *map(sa.column, ("currency_key", "to_currency_key", "date_key", "rate")))
_DAYS = sa.table("date", sa.column("date_key"))
_ZERO = sa.literal_column("0", sa.Integer())
_CURRENCIES = sa.table("currency", sa.column("currency_key"), sa.column("code"))


def converting(source: sa.FromClause, conversion: Conversion) -> sa.FromClause:
    """The facts with the rate of their currency and day, null where there is none; as many as before."""
    rates = _by_day(conversion).subquery(ALIAS)
    same = sa.and_(conversion.currency.sql == rates.c.currency_key, conversion.day.sql == rates.c.date_key)
    return source.outerjoin(rates, same)


def converted(value: sa.ColumnElement[object], conversion: Conversion) -> sa.ColumnElement[object]:
    """The value at the rate of its day, exact: an amount of 19 digits and a rate of 18 fit into 38."""
    return value * sa.case((value == _ZERO, sa.cast(_ZERO, RATE)), else_=rate_of(conversion))


def rate_of(conversion: Conversion) -> sa.ColumnElement[object]:
    """1 for what is in the wanted currency, else the rate of the day; null without one."""
    return sa.case(
        (conversion.currency.sql == wanted(conversion), sa.cast(sa.literal_column("1"), RATE)), else_=RATED
    )


def unknown(conversion: Conversion) -> sa.ColumnElement[int]:
    """1 where a fact has an amount and no rate for it."""
    amount = sa.or_(sa.false(), *(column.sql != _ZERO for column in conversion.amounts))
    return sa.case((sa.and_(rate_of(conversion).is_(None), amount), 1), else_=0)


def wanted(conversion: Conversion) -> sa.ScalarSelect[int]:
    """The key of the wanted currency."""
    code = sa.bindparam(f"v{conversion.to}", type_=sa.Text())
    return sa.select(_CURRENCIES.c.currency_key).where(_CURRENCIES.c.code == code).scalar_subquery()


def _rates(conversion: Conversion, name: str) -> sa.Subquery:
    """The rates to the wanted currency."""
    rate = sa.type_coerce(_RATES.c.rate, RATE).label("rate")
    columns = (_RATES.c.currency_key, _RATES.c.date_key, rate)
    return sa.select(*columns).where(_RATES.c.to_currency_key == wanted(conversion)).subquery(name)


def _by_day(conversion: Conversion) -> sa.Select[tuple[object, ...]]:
    rates, earliest, currencies = (_rates(conversion, name) for name in ("told", "earliest", "currencies"))
    facts = sa.table(conversion.day.table, sa.column(conversion.day.name))
    last = sa.select(sa.func.max(facts.c[conversion.day.name])).scalar_subquery()
    first = sa.select(sa.func.min(earliest.c.date_key)).scalar_subquery()
    known = sa.select(currencies.c.currency_key).distinct().subquery("known_currencies")
    days = (
        sa.select(
            known.c.currency_key,
            _DAYS.c.date_key,
            sa.cast(sa.null(), RATE).label("rate"),
            sa.literal_column("1", sa.Integer()).label("is_day"),
        )
        .select_from(_DAYS.join(known, sa.true()))
        .where(_DAYS.c.date_key >= first, _DAYS.c.date_key <= last)
    )
    told = sa.select(
        rates.c.currency_key,
        rates.c.date_key,
        rates.c.rate,
        sa.literal_column("0", sa.Integer()).label("is_day"),
    )
    both = sa.union_all(told, days).subquery("told_and_days")
    before = sa.func.count(both.c.rate).over(
        partition_by=both.c.currency_key, order_by=(both.c.date_key, both.c.is_day), rows=(None, 0)
    )
    ranked = sa.select(both, before.label("place")).subquery("placed_rates")
    stands = sa.func.max(ranked.c.rate).over(partition_by=(ranked.c.currency_key, ranked.c.place))
    filled = sa.select(
        ranked.c.currency_key, ranked.c.date_key, stands.label("rate"), ranked.c.is_day
    ).subquery("filled_rates")
    columns = (filled.c.currency_key, filled.c.date_key, filled.c.rate)
    return sa.select(*columns).where(filled.c.is_day == sa.literal_column("1", sa.Integer()))
