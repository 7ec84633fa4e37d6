"""Random filters, nested and across relations, against the same filters worked out in plain Python."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.backend import Backend
from domain.selection import ids
from tests.api.graphql.asking import Api

CUSTOMERS = """query($f: CustomerFilter) {
    customers(first: 100, orderBy: {field: ID}, filter: $f) { totalCount nodes { id } } }"""
Row = Mapping[str, Any]

TEXTS = ["", "서울", "부산", "서", "김하나", "하나", "erp", "erp-1", "shop-13", "1", "%", "O'Neil"]
TIMES = ["2025-12-31T14:59:59.999999Z", "2026-01-03T14:59:59.999999Z", "2026-01-05T00:00:00+09:00"]
DAYS = ["1970-02-03", "1970-02-06", "0001-01-01", "2001-02-03", "2010-01-01"]


def operators(values: list[Any], *names: str) -> st.SearchStrategy[dict[str, Any]]:
    value = st.sampled_from(values)
    known: dict[str, st.SearchStrategy[Any]] = dict.fromkeys(names, value)
    known |= {
        "in": st.lists(value, max_size=3),
        "notIn": st.lists(value, max_size=3),
        "isNull": st.booleans(),
    }
    return st.dictionaries(st.sampled_from(sorted(known)), st.none(), min_size=0, max_size=2).flatmap(
        lambda drawn: st.fixed_dictionaries({name: known[name] for name in drawn})
    )


ORDERED = ("eq", "lt", "lte", "gt", "gte")
text = operators(TEXTS, *ORDERED, "contains", "startsWith")
day = operators(DAYS, *ORDERED) | st.builds(
    lambda start, end: {"between": {"from": start, "to": end}}, st.sampled_from(DAYS), st.sampled_from(DAYS)
)
time = st.sampled_from(TIMES).flatmap(
    lambda start: st.sampled_from(
        [{name: start} for name in ORDERED] + [{"between": {"from": start, "to": end}} for end in TIMES]
    )
)
key = st.sampled_from([ids.made("Customer", each) for each in (1, 5, 10, 14, 99)])


def nested(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Filters of these fields, with `and`, `or` and `not` around them."""
    some = st.lists(st.sampled_from(sorted(fields)), max_size=2, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: fields[name] for name in names})
    )
    return st.recursive(
        some,
        lambda inner: st.one_of(
            st.fixed_dictionaries({"and": st.lists(inner, max_size=2)}),
            st.fixed_dictionaries({"or": st.lists(inner, max_size=2)}),
            st.fixed_dictionaries({"not": inner}),
        ),
        max_leaves=4,
    )


branch = nested({"code": operators(["S01", "S02", "WEB"], "eq", "startsWith", "lt"), "region": text})
external = nested({"system": operators(["erp", "shop"], "eq", "gt"), "id": text})
many = st.lists(st.sampled_from(["some", "none", "every"]), min_size=1, max_size=2, unique=True).flatmap(
    lambda names: st.fixed_dictionaries(dict.fromkeys(names, external))
)
customer = nested(
    {
        "id": st.fixed_dictionaries({"notIn": st.lists(key, max_size=3)})
        | st.fixed_dictionaries({"eq": key}),
        "name": text,
        "region": text,
        "birthOn": day,
        "createdAt": time,
        "homeBranch": branch,
        "externalIds": many,
    }
)

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: bool(a == b),
    "lt": lambda a, b: bool(a < b),
    "lte": lambda a, b: bool(a <= b),
    "gt": lambda a, b: bool(a > b),
    "gte": lambda a, b: bool(a >= b),
    "contains": lambda a, b: b in a,
    "startsWith": lambda a, b: bool(a.startswith(b)),
}


def like(value: Any, sent: Any) -> Any:
    """What was sent, as the column holds it."""
    match value:
        case datetime():
            return datetime.fromisoformat(sent)
        case date():
            return date.fromisoformat(sent)
        case int():
            return ids.read(sent).key
    return sent


def operator(name: str, value: Any, sent: Any) -> bool:
    if name == "isNull":
        return (value is None) is bool(sent)
    if name == "notIn":
        return not operator("in", value, sent)
    if value is None:
        return False
    if name == "in":
        return any(value == like(value, each) for each in sent)
    if name == "between":
        return bool(like(value, sent["from"]) <= value < like(value, sent["to"]))
    return COMPARE[name](value, like(value, sent))


def meets(row: Row | None, asked: Mapping[str, Any]) -> bool:
    """Whether the row is there and meets everything that the filter says."""
    return row is not None and all(part(row, name, sent) for name, sent in asked.items())


def part(row: Row, name: str, sent: Any) -> bool:
    match name:
        case "and":
            return all(meets(row, each) for each in sent)
        case "or":
            return any(meets(row, each) for each in sent)
        case "not":
            return not meets(row, sent)
        case "homeBranch":
            return meets(row[name], sent)
        case "externalIds":
            return all(quantified(row[name], how, inner) for how, inner in sent.items())
    return all(operator(each, row[name], value) for each, value in sent.items())


def quantified(rows: list[Row], how: str, asked: Mapping[str, Any]) -> bool:
    met = [meets(row, asked) for row in rows]
    return {"some": any(met), "none": not any(met), "every": all(met)}[how]


async def _rows(backend: Backend) -> list[Row]:
    async with backend.reads.acquire() as connection:
        customers = await connection.fetch("SELECT * FROM customers ORDER BY id")
        branches = {row["id"]: dict(row) for row in await connection.fetch("SELECT * FROM branches")}
        names = await connection.fetch("SELECT * FROM customer_external_ids")
    return [
        {
            "id": row["id"],
            "name": row["name"],
            "region": row["region"],
            "birthOn": row["birth_on"],
            "createdAt": row["created_at"],
            "homeBranch": branches.get(row["home_branch_id"]),
            "externalIds": [
                {"system": name["system"], "id": name["external_id"]}
                for name in names
                if name["customer_id"] == row["id"]
            ],
        }
        for row in customers
    ]


class TestRandomFilters:
    @settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(asked=customer)
    async def test_each_keeps_what_plain_python_keeps(
        self, api: Api, backend: Backend, asked: dict[str, Any]
    ) -> None:
        rows = await _rows(backend)

        data = await api.data(CUSTOMERS, {"f": asked})

        kept = [ids.made("Customer", row["id"]) for row in rows if meets(row, asked)]
        assert [node["id"] for node in data["customers"]["nodes"]] == kept
        assert data["customers"]["totalCount"] == len(kept)
