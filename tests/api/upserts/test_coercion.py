"""Large inputs are coerced as graphql-core does it, and their answers are what its executor would make."""

import copy
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pytest
from graphql import get_named_type, is_input_object_type, is_list_type, is_non_null_type, parse
from graphql.execution import VariableValues, get_variable_values
from hypothesis import given, settings
from hypothesis import strategies as st

from api.graphql import coercion
from api.graphql.coercing import Malformed, NotPlain, of_leaf, of_list
from api.graphql.schema import schema
from domain.errors import Invalid
from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of
from tests.api.upserts.sending import erp, send

FIELDS = schema().type_map["Mutation"].fields  # type: ignore[attr-defined]  # an object has fields
UPSERTS = sorted(name for name in FIELDS if name.startswith("upsert"))
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**65), 2**65),
    st.floats(allow_nan=False),
    st.text(max_size=3),
    st.sampled_from(
        [
            "SALE",
            "STORE",
            "PERSON",
            "EMAIL",
            "REJECT_ALL",
            "2026-03-01",
            "2026-02-30",
            "2026-03-01T09:00:00+09:00",
            "2026-03-01T09:00:00",
            "12.5",
            "1e5",
            "7",
            id_of("Customer", 1),
        ]
    ),
)


@cache
def values(type_: Any) -> st.SearchStrategy[Any]:
    """Mostly values of the type; now and then anything. Made once: hypothesis looks through each new strategy."""
    if is_non_null_type(type_):
        return values(type_.of_type)
    if is_list_type(type_):
        items = values(type_.of_type)
        return st.one_of(st.lists(items, max_size=3), st.lists(items, max_size=3), items)
    if is_input_object_type(type_):
        fields = {name: values(field.type) for name, field in type_.fields.items()}
        if type_.is_one_of:
            return st.one_of(*(st.fixed_dictionaries({name: each}) for name, each in fields.items()), LEAVES)
        needed = {name for name, field in type_.fields.items() if is_non_null_type(field.type)}
        good = st.fixed_dictionaries(
            {name: fields[name] for name in needed},
            optional={name: each for name, each in fields.items() if name not in needed},
        )
        odd = st.dictionaries(st.sampled_from([*fields, "unknown"]), LEAVES, max_size=3)
        return st.one_of(good, good, good, odd)
    return st.one_of(_right(type_), _right(type_), LEAVES)


def _right(type_: Any) -> st.SearchStrategy[Any]:
    names = getattr(type_, "values", None)
    if names:
        return st.sampled_from(sorted(names))
    known: dict[str, list[Any]] = {
        "Date": ["2026-03-01"],
        "DateTime": ["2026-03-01T09:00:00+09:00", "2026-03-01T00:00:00.123456Z"],
        "Decimal": ["12.5", "-3"],
        "SourceVersion": [7, "8", "2026-03-01T00:00:00Z", -1, True],
        "Boolean": [True, False],
        "Int": [5, -5, 2**31],
    }
    return st.sampled_from(known.get(type_.name, ["가", "x"]))


def malformed(value: Any) -> list[Invalid]:
    """What is malformed in a coerced value."""
    if isinstance(value, Invalid):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [found for each in inner for found in malformed(each)]


def shown(value: Any) -> Any:
    """The value, with what is malformed as what is told of it: two errors are never equal."""
    if isinstance(value, Invalid):
        return (value.message, value.path)
    if isinstance(value, dict):
        return {name: shown(each) for name, each in value.items()}
    return [shown(each) for each in value] if isinstance(value, list) else value


Coerce = Callable[[Mapping[str, Any]], VariableValues | None]


@cache
def asked(name: str) -> tuple[Any, Any, Coerce]:
    """The input's type of the upsert, the variables of an operation that takes one, and what coerces them."""
    type_: Any = get_named_type(FIELDS[name].args["input"].type)
    document = parse(f"mutation ($input: {type_.name}!) {{ {name}(input: $input) {{ __typename }} }}")
    operation: Any = document.definitions[0]
    definitions = operation.variable_definitions
    return type_, definitions, coercion.compiled(schema(), definitions)


class TestBesideMalformed:
    """A request that is wrong as a whole is refused as a whole, in whatever order its fields are written."""

    @pytest.mark.parametrize(
        "amount",
        [
            {"amount": False, "currency": None},
            {"currency": None, "amount": False},
            {"amount": False, "currency": 5},
        ],
        ids=str,
    )
    def test_what_else_is_wrong_in_its_object_is_told_by_graphql_core(self, amount: dict[str, Any]) -> None:
        _, definitions, coerce = asked("upsertPayments")
        row = {"key": {"id": "x"}, "order": {"id": "x"}, "method": "BANK_TRANSFER", "state": "AUTHORISED"}
        rows = [{**row, "stateAt": "2026-03-01T09:00:00+09:00", "amount": amount}]
        told = {"input": {"rows": rows, "policy": "REJECT_ALL"}}

        assert coerce(told) is None
        errors = get_variable_values(schema(), definitions, told)
        assert isinstance(errors, list)
        assert [error.message.split(": ", 1)[0].rsplit(".", 1)[1] for error in errors] == [
            "amount",
            "currency",
        ]

    def test_what_else_is_wrong_in_its_list_is_told_by_graphql_core(self) -> None:
        decimals = of_list(of_leaf(schema().type_map["Decimal"]))

        with pytest.raises(NotPlain) as malformed_alone:
            decimals.one(["x", "1"])
        with pytest.raises(NotPlain) as null_beside:
            decimals.one(["x", None])

        assert (type(malformed_alone.value), type(null_beside.value)) == (Malformed, NotPlain)


@pytest.mark.parametrize("name", UPSERTS)
class TestCoercion:
    @settings(max_examples=150, deadline=None)
    @given(data=st.data())
    def test_what_is_coerced_is_what_graphql_core_coerces(self, name: str, data: st.DataObject) -> None:
        type_, definitions, coerce = asked(name)
        told = json.loads(json.dumps({"input": data.draw(values(type_))}))

        ours = coerce(told)
        theirs = get_variable_values(schema(), definitions, told)

        if ours is not None and not malformed(ours.coerced):
            assert isinstance(theirs, VariableValues)
            assert ours.coerced == theirs.coerced
            assert ours.sources["input"].value == theirs.sources["input"].value
        if isinstance(theirs, VariableValues):
            assert ours is not None
        elif ours is not None:
            assert {error.message.split(": ", 1)[1] for error in theirs} == {
                each.message for each in malformed(ours.coerced)
            }

    @settings(max_examples=60, deadline=None)
    @given(data=st.data())
    def test_many_rows_are_coerced_as_each_alone(self, name: str, data: st.DataObject) -> None:
        type_, _, coerce = asked(name)
        row_type: Any = get_named_type(type_.fields["rows"].type)
        of_rows = values(row_type)
        drawn = json.loads(json.dumps(data.draw(st.lists(of_rows, min_size=1, max_size=4))))
        rows = [copy.deepcopy(each) for each in drawn for _ in range(data.draw(st.integers(4, 9)))]
        rest = {"policy": "REJECT_ALL"} | ({"system": "wms"} if "system" in type_.fields else {})

        together = coerce({"input": {**rest, "rows": rows}})
        alone = [coerce({"input": {**rest, "rows": [row]}}) for row in rows]

        assert (together is None) == (None in alone)
        if together is not None:
            expected = [each.coerced["input"]["rows"][0] for each in alone if each is not None]
            assert shown(together.coerced["input"]["rows"]) == shown(expected)

    def test_a_plain_input_is_coerced_by_ours(self, name: str) -> None:
        type_, _, coerce = asked(name)
        told: dict[str, Any] = {"policy": "REJECT_ALL", "rows": []}
        told |= {"system": "wms"} if "system" in type_.fields else {}

        coerced = coerce({"input": told})

        assert coerced is not None
        assert coerced.coerced["input"]["rows"] == []


class TestLeaves:
    @settings(max_examples=300, deadline=None)
    @given(data=st.data())
    def test_ids_words_and_numbers_are_what_graphql_core_coerces(self, data: st.DataObject) -> None:
        document = parse(
            "query ($a: ID!, $b: [ID!], $c: Int, $d: Boolean = true, $e: DateTime, $f: [String]!, $g: Gender) { x }"
        )
        operation: Any = document.definitions[0]
        definitions = operation.variable_definitions
        leaf = st.one_of(LEAVES, st.lists(LEAVES, max_size=2))
        told = data.draw(st.dictionaries(st.sampled_from("abcdefg"), leaf))

        ours = coercion.compiled(schema(), definitions)(told)
        theirs = get_variable_values(schema(), definitions, told)

        if ours is not None:
            assert isinstance(theirs, VariableValues)
            assert ours.coerced == theirs.coerced


class TestAnswers:
    async def test_aliases_fragments_and_type_names_are_answered(self, api: Api) -> None:
        payload = await send(
            api,
            "upsertCustomers",
            [{"key": erp("x"), "name": "하나"}, {"key": erp("y")}],
            asked="""
                a: rows { __typename i: index ...status customer { __typename n: name } }
                b: rows { key { __typename external { s: system } } }
                ... on UpsertCustomersPayload { c: rows { userErrors { __typename c: code } } }
                counts { __typename rejected }
            """.replace(
                "...status",
                "... on UpsertCustomersRow { s: status @include(if: true) index @skip(if: true) }",
            ),
        )

        assert payload == {
            "a": [
                {
                    "__typename": "UpsertCustomersRow",
                    "i": 0,
                    "s": "CREATED",
                    "customer": {"__typename": "Customer", "n": "하나"},
                },
                {"__typename": "UpsertCustomersRow", "i": 1, "s": "REJECTED", "customer": None},
            ],
            "b": [
                {"key": {"__typename": "GivenKey", "external": {"s": "erp"}}},
                {"key": {"__typename": "GivenKey", "external": {"s": "erp"}}},
            ],
            "c": [
                {"userErrors": []},
                {"userErrors": [{"__typename": "UpsertCustomersError", "c": "VALIDATION"}]},
            ],
            "counts": {"__typename": "UpsertCounts", "rejected": 1},
            "userErrors": [],
        }

    async def test_a_value_of_the_wrong_type_refuses_the_request_in_graphql_cores_words(
        self, api: Api
    ) -> None:
        document = "mutation ($input: UpsertCustomersInput!) { upsertCustomers(input: $input) { counts { created } } }"

        [error] = await api.errors(
            document, {"input": {"policy": "REJECT_ALL", "rows": [{"key": erp("x"), "gender": "NOBODY"}]}}
        )

        assert error["extensions"]["code"] == "BAD_REQUEST"
        assert "Variable '$input' has invalid value at .rows[0].gender" in error["message"]

    async def test_rows_may_stand_in_the_document(self, api: Api) -> None:
        data = await api.data(
            """mutation { upsertCustomers(input: {policy: REJECT_ALL, rows: [
                {key: {external: {system: "erp", id: "L"}}, name: "글자", birthOn: "1990-01-01", latinName: null}
            ]}) { rows { status customer { birthOn } } } }"""
        )

        assert data == {
            "upsertCustomers": {"rows": [{"status": "CREATED", "customer": {"birthOn": "1990-01-01"}}]}
        }
