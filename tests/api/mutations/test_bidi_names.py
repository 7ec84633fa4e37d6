"""No name holds a control of writing direction, which would let it look like another: every mutation that takes one."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_named_type

from api.graphql.schema import schema
from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate
from tests.api.mutations.conftest import Rows
from tests.api.mutations.test_rights import CALLS
from tests.api.upserts.sending import erp, send

NAMES = frozenset({"name", "latinName", "englishName", "title", "labelEn", "labelKo"})
CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
REVERSED = "Kim\u202enogeld"
REFUSED = "may not hold a control of writing direction"

CHANGED = {"id": id_of("Content", 1), "expectedVersion": 1}
WHOLE: dict[str, dict[str, Any]] = {
    **{name: told for name, (told, _) in CALLS.items()},
    "createContent": {"title": "t", "language": "ko", "body": "b"},
    "updateContent": CHANGED,
    "createMachineKey": {"name": "n"},
    "createSegmentFromCell": {"cell": {"cube": "sales"}, "name": "n"},
}
ROW = {"key": erp("new"), "name": "n"}
UPSERTS = {
    "upsertCustomers": ROW,
    "upsertProducts": {**ROW, "code": "NEW"},
    "upsertCategories": ROW,
}

STANDING = """
    INSERT INTO categories (id, name) VALUES (1, 'c');
    INSERT INTO warehouses (id, code, name) VALUES (1, 'W', 'w');
    INSERT INTO households (id, name) VALUES (1, 'h');
    INSERT INTO customer_attributes (id, name, type, label_en, label_ko) VALUES (1, 'hobby', 'TEXT', 'Hobby', '취미');
    INSERT INTO contents (id, title, body, language, valid_from) VALUES (1, 't', 'b', 'ko', '2020-01-01 00:00+00');
    INSERT INTO opportunities (id, customer_id, name, probability, opened_at) VALUES
        (1, 1, 'n', 10, '2026-01-01 00:00+00');
    INSERT INTO tasks (id, title, customer_id) VALUES (1, 't', 1);
    INSERT INTO segments (id, name, kind) VALUES (1, 's', 'FIXED')
"""


def _named(of: GraphQLInputObjectType) -> Iterator[str]:
    return (
        name
        for name, field in of.fields.items()
        if name in NAMES and get_named_type(field.type).name == "String"
    )


def _input_of(name: str) -> GraphQLInputObjectType:
    root = schema().mutation_type
    assert root is not None
    of = get_named_type(root.fields[name].args["input"].type)
    assert isinstance(of, GraphQLInputObjectType)
    return of


def _mutations() -> list[str]:
    root = schema().mutation_type
    assert root is not None
    return sorted(root.fields)


# The name of an attribute is a word of an alphabet of its own; a scheme is chosen by the name that it has.
OWN_ALPHABET = {("declareAttribute", "name"), ("chooseRfmScheme", "name")}
ONE = [
    (name, key) for name in _mutations() for key in _named(_input_of(name)) if (name, key) not in OWN_ALPHABET
]


def _rows_of(name: str) -> GraphQLInputObjectType | None:
    rows = _input_of(name).fields.get("rows")
    of = None if rows is None else get_named_type(rows.type)
    return of if isinstance(of, GraphQLInputObjectType) else None


MANY = [(name, key) for name in _mutations() if (of := _rows_of(name)) is not None for key in _named(of)]


@pytest.fixture(autouse=True)
async def standing(rows: Rows) -> None:
    """One of each thing that has a name."""
    for statement in STANDING.split(";\n"):
        await rows(statement)


class TestNames:
    @pytest.mark.parametrize(("name", "key"), ONE)
    async def test_a_mutation_refuses_it_with_its_place(self, api: Api, name: str, key: str) -> None:
        payload = await mutate(api, name, "", {**WHOLE[name], key: REVERSED})

        [error] = payload["userErrors"]
        assert (error["code"], error["path"]) == ("VALIDATION", [key])
        assert error["message"].endswith(REFUSED)
        assert "nogeld" not in error["message"]

    @pytest.mark.parametrize(("name", "key"), MANY)
    async def test_an_upsert_refuses_the_row_and_takes_the_others(
        self, api: Api, name: str, key: str
    ) -> None:
        good = UPSERTS[name]
        bad = {**good, "key": erp("bad"), "name": "n", **({"code": "BAD"} if "code" in good else {})}

        payload = await send(api, name, [good, {**bad, key: REVERSED}])

        assert [row["status"] for row in payload["rows"]] == ["CREATED", "REJECTED"]
        [error] = payload["rows"][1]["userErrors"]
        assert (error["code"], error["path"][2:]) == ("VALIDATION", [key])
        assert error["message"].endswith(REFUSED)

    async def test_each_of_the_controls_is_one(self, api: Api, rows: Rows) -> None:
        given = [{"key": erp(str(at)), "name": f"a{control}b"} for at, control in enumerate(CONTROLS)]

        payload = await send(api, "upsertCustomers", given)

        assert {row["status"] for row in payload["rows"]} == {"REJECTED"}
        assert await rows("SELECT count(*) FROM customers") == [(2,)]

    def test_what_takes_names_is_found(self) -> None:
        assert {("createCustomer", "latinName"), ("updateContent", "title"), ("createUser", "name")} <= {*ONE}
        assert {name for name, _ in MANY} == {*UPSERTS}
