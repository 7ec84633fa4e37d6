"""Random ways of customers: orders, contacts and offers at moments, the same rows for engines and for plain Python."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import isclose
from typing import Any

from sqlalchemy import Column, Table, Text

from olap import star
from olap.plan import RowFilter
from tests.olap.cube.calendar_star import FIRST, Rows, every_day
from tests.olap.small_star import BRANCHES, CHANNELS, CURRENCIES, KINDS, KNOWN, PRODUCTS, whole

NOW = datetime(2011, 9, 14, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
TOUCHPOINTS, GRANTS = star.table_of("touchpoints"), star.table_of("grants")
CASES, OPPORTUNITIES = star.table_of("cases"), star.table_of("opportunities")

RATES = ((date(2010, 9, 1), "1800.125"), (date(2011, 2, 14), "1750.5"), (date(2011, 7, 1), "0.0000012"))
"""What a pound is in won from which day on."""

Fact = dict[str, Any]


class Near(float):
    """A number to ten digits: a quotient of large amounts is right to fifteen, and the next may be rounded either way.

    Held against another one, not rounded: of two numbers beside a half each would go another way.
    """

    def __eq__(self, other: object) -> bool:
        return isinstance(other, float) and isclose(self, other, rel_tol=1e-10, abs_tol=2e-9)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]  # equal ones would need equal hashes


def row(table: Table, **values: Any) -> tuple[Any, ...]:
    """A row of the table; what is not said is Unknown."""
    assert set(values) <= set(table.columns.keys())
    return tuple(values.get(c.name, _unknown(c)) for c in table.columns)


def _unknown(column: Column[Any]) -> Any:
    return None if column.nullable else "" if isinstance(column.type, Text) else 0


def rows(seed: int = 3) -> Rows:
    """Rows for every table that the questions of these tests read."""
    draw = random.Random(seed)
    customers = [row(star.customer, is_current=True)]
    customers += [_customer(draw, key) for key in range(1, 15)]
    return {
        star.date: every_day(),
        star.customer: customers,
        star.product: PRODUCTS,
        star.channel: CHANNELS,
        star.branch: BRANCHES,
        star.currency: CURRENCIES,
        star.metadata.tables["exchange_rate"]: [
            (0, 0, 0, 0, None),
            *((at, 826, 410, (day - FIRST).days + 1, rate) for at, (day, rate) in enumerate(RATES, start=1)),
        ],
        star.line_kind: KINDS,
        star.known: KNOWN,
        star.agent: [(0,), (7,), (8,)],
        star.table_of("offer"): [row(star.table_of("offer"))],
        star.sales: [line for order in range(1, 150) for line in _order(draw, order, customers)],
        TOUCHPOINTS: [_touchpoint(draw, key, customers) for key in range(1, 160)],
        GRANTS: [_grant(draw, key, customers) for key in range(1, 90)],
        CASES: [_case(draw, key, customers) for key in range(1, 90)],
        OPPORTUNITIES: [each for key in range(1, 50) for each in _opportunity(draw, key, customers)],
    }


def _customer(draw: random.Random, key: int) -> tuple[Any, ...]:
    # Two rows of each: as he was, and as he is.
    return row(
        star.customer,
        customer_key=key,
        customer_id=(key + 1) // 2,
        is_current=key % 2 == 0,
        country=draw.choice(["France", "Spain", None]),
        gender=draw.choice(["female", "male", None]),
        owner_id=[7, 8, 9][(key + 1) // 2 % 3],
        home_branch_id=[1, 2, None][(key + 1) // 2 % 3],
        valid_from=None if key % 2 else datetime(2011, 3, 1, tzinfo=UTC),
        valid_to=datetime(2011, 3, 1, tzinfo=UTC) if key % 2 else None,
    )


def _when(draw: random.Random) -> dict[str, Any]:
    """A moment among few, so that many are equal; now and then none is known."""
    if draw.random() < 0.03:
        return {"date_key": 0, "at": None}
    day = date(2010, 10, 1) + timedelta(days=draw.choice([draw.randrange(420), draw.randrange(60) * 7]))
    at = datetime(day.year, day.month, day.day, draw.choice([9, 12, 18]), tzinfo=UTC)
    return {"date_key": (day - FIRST).days + 1, "at": at}


def _whose(draw: random.Random, customers: list[tuple[Any, ...]]) -> dict[str, Any]:
    chosen = draw.choice([customers[0], *customers[1:], *customers[1:]])
    return {"customer_key": chosen[0], "customer_id": chosen[1]}


def _known(whose: dict[str, Any]) -> dict[str, Any]:
    return {**whose, "known_key": int(whose["customer_id"] != 0)}


def _order(draw: random.Random, order: int, customers: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    when = _when(draw)
    common = {
        **_known(_whose(draw, customers)),
        "order_id": order,
        "date_key": when["date_key"],
        "ordered_at": when["at"],
        "channel_key": draw.randrange(4),
        "branch_key": draw.randrange(3),
        "currency_key": 826,
    }
    return [
        row(
            star.sales,
            **common,
            line_id=order * 10 + line,
            product_key=draw.randrange(6),
            line_kind_key=draw.choices([1, 2, 3], weights=[8, 1, 2])[0],
            quantity=1,
            net_revenue=draw.randrange(-50, 900),
            cost=draw.choice([None, 5]),
        )
        for line in range(draw.choice([1, 1, 2, 3]))
    ]


def _touchpoint(draw: random.Random, key: int, customers: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    when = _when(draw)
    return row(
        TOUCHPOINTS,
        touchpoint_id=key,
        **_known(_whose(draw, customers)),
        date_key=when["date_key"],
        occurred_at=when["at"],
        channel_key=draw.randrange(4),
        branch_key=draw.randrange(3),
        agent_key=draw.choice([0, 7, 8]),
        currency_key=826,
        direction="inbound",
        kind=draw.choice(["call", "view"]),
        contact=draw.choice([0, 1, 1]),
        one=1,
    )


def _grant(draw: random.Random, key: int, customers: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    when, reached = _when(draw), draw.randrange(4)
    at = when["at"]
    later = [None if at is None else at + timedelta(days=draw.randrange(1, 40) * step) for step in (1, 2, 3)]
    named = {
        name: later[place] for place, name in enumerate(["viewed_at", "accepted_at", "redeemed_at"][:reached])
    }
    return row(
        GRANTS,
        grant_id=key,
        **_whose(draw, customers[1:]),
        date_key=when["date_key"],
        currency_key=826,
        state="proposed",
        viewed=int(reached > 0),
        accepted=int(reached > 1),
        redeemed=int(reached > 2),
        granted_at=at,
        **named,
        one=1,
    )


def _case(draw: random.Random, key: int, customers: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    when, solved = _at_some_time(draw), draw.choice([0, 1])
    return row(
        CASES,
        case_id=key,
        **_known(_whose(draw, customers)),
        date_key=when["date_key"],
        channel_key=draw.randrange(4),
        branch_key=draw.randrange(3),
        agent_key=draw.choice([0, 7, 8]),
        kind=draw.choice(["complaint", "enquiry"]),
        solved=solved,
        opened_at=when["at"],
        solved_at=when["at"] + timedelta(days=draw.randrange(30)) if solved else None,
        one=1,
    )


def _opportunity(draw: random.Random, key: int, customers: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """A row for each stage that it came into; the last one may be won."""
    whose, stages = _whose(draw, customers[1:]), ["lead", "qualified", "won"][: draw.choice([1, 2, 3])]
    moves = sorted((_at_some_time(draw) for _ in stages), key=lambda when: when["at"])
    return [
        row(
            OPPORTUNITIES,
            stage_id=key * 10 + place,
            opportunity_id=key,
            **whose,
            date_key=when["date_key"],
            currency_key=826,
            branch_key=key % 3,
            agent_key=key % 2 * 7,
            stage=stage,
            won=int(stage == "won"),
            moved_at=when["at"],
            one=1,
        )
        for place, (stage, when) in enumerate(zip(stages, moves, strict=True))
    ]


def _at_some_time(draw: random.Random) -> dict[str, Any]:
    """A moment that is known."""
    return next(when for when in iter(lambda: _when(draw), None) if when["at"] is not None)


ROWS = rows()


def records(fact: Table, rows: Rows) -> list[Fact]:
    """One dictionary a fact, with the columns of the dimensions it refers to as `table.column`."""

    def named(table: Table, given: tuple[Any, ...]) -> Fact:
        return {f"{table.name}.{c.name}": value for c, value in zip(table.columns, given, strict=True)}

    dimensions = {
        table.name: {r[0]: named(table, r) for r in whole(table, rows[table])}
        for table in rows
        if f"{table.name}_key" in fact.c
    }
    return [
        own
        | {
            k: v
            for name, by_key in dimensions.items()
            for k, v in by_key[own[f"{fact.name}.{name}_key"]].items()
        }
        for own in (named(fact, given) for given in whole(fact, rows[fact]))
    ]


FACTS: dict[str, list[Fact]] = {
    "sales": records(star.sales, ROWS),
    "touchpoints": records(TOUCHPOINTS, ROWS),
    "grants": records(GRANTS, ROWS),
    "cases": records(CASES, ROWS),
    "opportunities": records(OPPORTUNITIES, ROWS),
}

EVERYTHING = RowFilter()
FILTERS = [EVERYTHING, RowFilter(owner_id=7), RowFilter(branch_keys=frozenset({1}))]


def sees(fact: Fact, table: str, row_filter: RowFilter) -> bool:
    """Whether the caller may see the fact: of his customers or by himself; of his branches or their customers."""
    owner, branches = row_filter.owner_id, row_filter.branch_keys
    if owner is not None:
        by_him = fact.get(f"{table}.agent_key") == owner
        if fact["customer.owner_id"] != owner and not by_him:
            return False
    if branches is not None:
        here = fact.get(f"{table}.branch_key") in branches
        return here or fact["customer.home_branch_id"] in branches
    return True


def current(facts: list[Fact]) -> list[Fact]:
    """The same facts with their customers as they are."""
    now = {
        r["customer.customer_id"]: r
        for r in (
            {f"customer.{c.name}": v for c, v in zip(star.customer.columns, given, strict=True)}
            for given in ROWS[star.customer]
        )
        if r["customer.is_current"]
    }
    return [{**fact, **now[fact["customer.customer_id"]]} for fact in facts]


def in_won(facts: list[Fact]) -> list[Fact]:
    """The sales that have a day, their amounts at its rate."""
    return [
        fact
        | {
            name: fact[name] * _rate(fact["date.on_date"])
            for name in ("sales.net_revenue", "sales.cost")
            if fact[name] is not None
        }
        for fact in facts
        if fact["date.on_date"] is not None
    ]


def _rate(day: date) -> Decimal:
    return next(Decimal(rate) for since, rate in reversed(RATES) if since <= day)
