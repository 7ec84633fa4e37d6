"""Rows that are read together say what each says that is read alone."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import DomainError, Invalid
from domain.intake.upserts.customers import CUSTOMERS
from domain.intake.upserts.orders import ORDERS
from domain.intake.upserts.products import PRODUCTS
from domain.intake.upserts.references import Reference
from domain.intake.upserts.rows import MOST_PARTS, Row, read
from domain.intake.upserts.shipments import SHIPMENTS
from domain.intake.upserts.together import read_all
from domain.messages import say
from domain.money import Money

AT = datetime(2026, 3, 1, tzinfo=UTC)
MALFORMED = Invalid(say("give YYYY-MM-DD, in the years 1 to 9999"), "birth_on")
TEXT = st.sampled_from(["가나", "Kim", " x ", "", "\u202e", "a" * 201, "1e5"])
NAMES = st.tuples(st.sampled_from(["erp", "crm", " ", "s" * 61]), st.sampled_from(["1", "2", "", "n\n"]))
KEYS = st.one_of(st.integers(1, 3), NAMES)
AMOUNTS = st.sampled_from([Decimal("12.5"), Decimal(-3), Decimal("1e15"), Decimal("0.00001")])
PRODUCT = st.one_of(NAMES, st.just("P1"), st.none())


def items(fields: dict[str, Any], *needed: str) -> Any:
    optional = {name: each for name, each in fields.items() if name not in needed}
    required = {name: fields[name] for name in needed}
    return st.one_of(st.none(), st.lists(st.fixed_dictionaries(required, optional=optional), max_size=3))


KINDS = {kind.aggregate: kind for kind in (CUSTOMERS, ORDERS, PRODUCTS, SHIPMENTS)}
FIELDS: dict[str, dict[str, Any]] = {
    CUSTOMERS.aggregate: {
        "key": KEYS,
        "source_version": st.sampled_from([1, AT, None]),
        "name": st.one_of(TEXT, st.none()),
        "latin_name": st.one_of(TEXT, st.none()),
        "birth_on": st.sampled_from([date(1985, 3, 14), None, MALFORMED]),
        "region": st.one_of(TEXT, st.none()),
        "home_branch": st.sampled_from(["B1", 4, None, MALFORMED]),
        "contact_points": items({"kind": st.just("EMAIL"), "value": TEXT}, "kind", "value"),
        "attributes": items({"name": TEXT, "value": st.one_of(TEXT, st.none())}, "name"),
        "also_known_as": items({"system": TEXT, "id": TEXT}, "system", "id"),
    },
    ORDERS.aggregate: {
        "key": KEYS,
        "ordered_at": st.sampled_from([AT, None, MALFORMED]),
        "currency": st.sampled_from(["KRW", None]),
        "lines": items(
            {"quantity": AMOUNTS, "unit_price": AMOUNTS, "product": PRODUCT, "booked_at": st.just(AT)},
            "quantity",
            "unit_price",
        ),
    },
    PRODUCTS.aggregate: {
        "key": KEYS,
        "name": TEXT,
        "active": st.sampled_from([True, False, None]),
        "list_price": st.sampled_from([Money(Decimal(1), "KRW"), Money(Decimal(-1), "GBP"), None]),
        "attributes": items({"name": TEXT, "value": TEXT}, "name", "value"),
    },
    SHIPMENTS.aggregate: {
        "key": KEYS,
        "carrier": TEXT,
        "lines": items({"product": PRODUCT, "quantity": AMOUNTS}, "product", "quantity"),
    },
}


@cache
def shape(aggregate: str, others: int) -> st.SearchStrategy[tuple[str, ...]]:
    """The key and so many other fields, or all there are: any, in any order."""
    names = sorted(FIELDS[aggregate].keys() - {"key"})
    count = min(others, len(names))
    chosen = st.lists(st.sampled_from(names), unique=True, min_size=count, max_size=count)
    return chosen.map(lambda others: ("key", *others))


@cache
def alike(aggregate: str, names: tuple[str, ...]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """One to three rows that give these fields, in this order."""
    row = st.fixed_dictionaries({name: FIELDS[aggregate][name] for name in names})
    return st.lists(row, min_size=1, max_size=3)


@st.composite
def rows(draw: st.DrawFn, aggregate: str) -> dict[int, dict[str, Any]]:
    """By their places, rows of one or two shapes, each six times, all in any order."""
    given = []
    for _ in range(draw(st.integers(1, 2))):
        names = draw(shape(aggregate, draw(st.integers(0, 5))))
        given += [dict(row) for row in draw(alike(aggregate, names)) for _ in range(6)]
    Random(draw(st.integers(0, 2**32))).shuffle(given)
    return dict(enumerate(given))


SOME = {aggregate: rows(aggregate) for aggregate in KINDS}


def told(error: DomainError | None) -> Any:
    return None if error is None else (type(error), error.message, error.path)


def pointing(reference: Reference, row: Row) -> Any:
    """Where the reference leads, and from which of the row's cells."""
    places: list[Any] = [row.cells, *(cells for each in row.parts.values() for cells in each)]
    [at] = [place for place, cells in enumerate(places) if cells is reference.cells]
    return at, reference.column, reference.target.what, reference.key, reference.path, reference.within


def shown(row: Row) -> Any:
    """All that a row says; of one that is refused why, since what else was read of it is not looked at."""
    if row.error is not None:
        return row.index, told(row.error)
    return (
        row.index,
        row.key,
        row.version,
        row.cells,
        row.cleared,
        row.parts,
        [pointing(each, row) for each in row.references],
    )


@pytest.mark.parametrize("aggregate", sorted(KINDS))
class TestTogether:
    @settings(max_examples=200, deadline=None)
    @given(data=st.data())
    def test_rows_read_together_are_those_read_alone(self, aggregate: str, data: st.DataObject) -> None:
        kind = KINDS[aggregate]
        places = data.draw(SOME[aggregate])

        together = read_all(places, kind.readers)

        alone = {place: read(place, row, kind.readers) for place, row in places.items()}
        assert {place: shown(row) for place, row in together.items()} == {
            place: shown(row) for place, row in alone.items()
        }

    def test_no_two_rows_share_what_they_hold(self, aggregate: str) -> None:
        kind = KINDS[aggregate]
        plain = {"lines": [{"quantity": Decimal(1), "unit_price": Decimal(1)}]} if kind is ORDERS else {}
        given = {place: {"key": ("erp", str(place)), **plain} for place in range(20)}

        rows = read_all(given, kind.readers).values()

        assert len({id(row.cells) for row in rows}) == 20
        assert len({id(item) for row in rows for items in row.parts.values() for item in items}) == 20 * len(
            plain
        )


class TestMany:
    def test_too_many_items_of_one_row_are_its_error_alone(self) -> None:
        point = {"kind": "EMAIL", "value": "a@example.com"}
        given = {
            place: {
                "key": ("erp", str(place)),
                "contact_points": [point] * (MOST_PARTS + 1 if place == 3 else 1),
            }
            for place in range(10)
        }

        rows = read_all(given, CUSTOMERS.readers)

        assert [place for place, row in rows.items() if row.error is not None] == [3]
        assert told(rows[3].error)[2] == ("contact_points",)
