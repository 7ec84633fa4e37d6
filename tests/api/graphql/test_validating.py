"""Documents are validated as graphql-core validates them."""

import gc

import pytest
from graphql import GraphQLError, parse, specified_rules, validate, validate_schema

from api.graphql import validating
from api.graphql.schema import schema

REFUSED = {
    "unknown field": "{ customers(first: 1) { nodes { id nothing } nothing } }",
    "leaf": "{ customers viewer { role { a } } }",
    "unknown argument": "{ customers(one: 1, two: 2, first: 1, first: 2) { nodes { id } } }",
    "missing argument": "mutation { updateCustomer { userErrors { message } } }",
    "fragments": "{ ...A ...Gone } fragment A on Customer { ...B } fragment B on Nothing { ...A }"
    " fragment C on Role { a }",
    "variables": "query($a: Int, $a: Customer, $b: ID!) { customers(first: $b, filter: $c) { nodes { id } } }",
    "operations": "{ viewer { role } } query A { viewer { role } } query A { viewer { role } } type T { a: Int }",
    "directives": "query @skip(if: true) { viewer @gone @include @skip(if: 1) @skip(if: 2) { role } }",
    "values": '{ customers(first: "x", filter: {gone: 1, gone: 2, id: {}}) { nodes { id } } }',
    "merged": "{ a: viewer { role } a: customers(first: 1) { nodes { id } } viewer { a: role a: scope } }",
    "subscription": "subscription { changes { cursor } viewer { role } }",
    "too many": "{ viewer { " + " ".join(f"gone{n}" for n in range(20)) + " } }",
    "fragments too deep": "{ ...F0 } "
    + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(1500))
    + " fragment F1500 on Query { viewer { role } }",
    "nothing": "{ viewer { role } }",
}


def told(errors: list[GraphQLError]) -> list[tuple[str, object, type[GraphQLError]]]:
    return [(error.message, error.locations, type(error)) for error in errors]


class TestValidate:
    @pytest.mark.parametrize("name", REFUSED)
    def test_it_tells_what_graphql_core_tells(self, name: str) -> None:
        document = parse(REFUSED[name])

        found = validating.validate(schema(), document, validating.Rules(specified_rules))

        expected = validate(schema(), document, max_errors=10, hide_suggestions=True)
        assert told(found) == told(expected)
        assert bool(found) == (name != "nothing")

    def test_the_schema_is_valid(self) -> None:
        assert validate_schema(schema()) == []

    def test_it_leaves_no_rule_to_the_search_for_garbage(self) -> None:
        rules, document = validating.Rules(specified_rules), parse(REFUSED["nothing"])
        gc.collect()
        gc.disable()
        try:
            validating.validate(schema(), document, rules)

            assert [each for each in gc.get_objects() if type(each) in rules.all] == []
        finally:
            gc.enable()
