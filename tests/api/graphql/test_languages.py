"""Refusals in the caller's language, whoever worded them: ourselves, graphql-core, Python's JSON, or the cube."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from graphql import ExecutionResult, GraphQLError

import api.graphql
from api.errors import Refused
from api.graphql.documents import Documents
from api.graphql.requests import BODY, parsed
from api.graphql.results import formatted, refused
from api.graphql.schema import schema
from domain.messages import LONGEST, catalogue, told

LIBRARIES = Path(api.graphql.__file__).with_name("libraries") / "ko.toml"

HANGUL = re.compile("[가-힣]")

FILTERED = "query ($f: CustomerFilter) { customers(first: 1, filter: $f) { nodes { id } } }"
ONE = "query ($id: ID!) { customer(id: $id) { name } }"
PAGE = "query ($n: Int) { customers(first: $n) { nodes { id } } }"
SOME = "customers(first: 1) { nodes { id } }"

DOCUMENTS: list[tuple[str, dict[str, Any]]] = [
    ("{", {}),
    ("{ ? }", {}),
    ("{ a(b: 01) }", {}),
    ("{ a(b: 1.) }", {}),
    ('{ a(b: "x) }', {}),
    ('{ a(b: "\\q") }', {}),
    ("{ a " * 2000, {}),
    ("{ " + "a " * 2000 + "}", {}),
    ("{ a: } }", {}),
    ("%", {}),
    ("}", {}),
    ("{ nope }", {}),
    ("{ customer(id: 1, x: 2) { name } }", {}),
    ("{ viewer @include(x: 1, if: true) { role } }", {}),
    ("{ customer { name } }", {}),
    ('{ customer(id: "x", id: "y") { id } }', {}),
    ("query ($x: Int, $x: Int) { customers(first: $x) { nodes { id } } }", {"x": 1}),
    ("query A { viewer { role } } query A { viewer { role } }", {}),
    ("{ viewer { ...F } } fragment F on Viewer { role } fragment F on Viewer { role }", {}),
    ('{ customerBy(key: {id: "a", id: "b"}) { id } }', {}),
    ("{ viewer { role } } { viewer { scope } }", {}),
    ("subscription { customerChanged { id } orderChanged { id } }", {}),
    ("subscription S { customerChanged { id } orderChanged { id } }", {}),
    ("type A { a: Int }", {}),
    ("{ customers(first: 1) }", {}),
    ("{ viewer { subject { x } } }", {}),
    ("{ viewer { r: role r: scope } }", {}),
    ("{ viewer { ...F } }", {}),
    ("{ viewer { role } } fragment F on Viewer { role }", {}),
    ("{ viewer { ...F } } fragment F on Viewer { ...F }", {}),
    ("{ viewer { ...F } } fragment F on Viewer { ...G } fragment G on Viewer { ...F }", {}),
    ("{ viewer { ... on Customer { id } } }", {}),
    ("{ viewer { ...F } } fragment F on Customer { id }", {}),
    ("query ($id: Foo!) { customer(id: $id) { name } }", {"id": 1}),
    ("{ viewer @foo { role } }", {}),
    ("query @include(if: true) { viewer { role } }", {}),
    ("{ viewer @include(if: true) @include(if: true) { role } }", {}),
    (f"query ($x: Int) {{ {SOME} }}", {}),
    (f"query A($x: Int) {{ {SOME} }}", {}),
    ("{ customers(first: $n) { nodes { id } } }", {}),
    ("query A { customers(first: $n) { nodes { id } } }", {}),
    ("query ($id: Int!) { customer(id: $id) { name } }", {"id": 1}),
    ("query ($x: Customer) { viewer { role } }", {}),
    (ONE, {}),
    (ONE, {"id": None}),
    (ONE, {"id": [1]}),
    (ONE, {"id": 1.5}),
    (FILTERED, {"f": 5}),
    (FILTERED, {"f": {"nope": 1}}),
    (FILTERED, {"f": {"gender": {"eq": "X"}}}),
    (FILTERED, {"f": {"gender": {"eq": 5}}}),
    (FILTERED, {"f": {"birthOn": {"eq": "X"}}}),
    (FILTERED, {"f": {"name": {"eq": 5}}}),
    (FILTERED, {"f": {"erased": {"eq": 5}, "birthOn": {"isNull": 5}}}),
    ('{ customers(first: 1, filter: {gender: {eq: "X"}}) { nodes { id } } }', {}),
    ("query ($k: CustomerKey!) { customerBy(key: $k) { id } }", {"k": {}}),
    ('mutation { createOrder(input: {currency: "KRW"}) { userErrors { code } } }', {}),
    (PAGE, {"n": 2**31}),
    (PAGE, {"n": 1.5}),
    ("{ __schema { queryType { name } } }", {}),
]

BODIES = [
    "",
    "{a: 1}",
    '{"a" 1}',
    '{"a": 1 "b"}',
    '{"a": "b',
    '{"a": "\x01"}',
    '{"a": "\\x"}',
    "{} {}",
]


def refusals(held: Documents, text: str, variables: dict[str, Any]) -> list[str]:
    """What is said about the document and its variables."""
    with pytest.raises(Refused) as refused:
        held.values(held.operation(text, None), variables)
    return [error.message for error in refused.value.errors]


def of_bodies() -> list[str]:
    found = []
    for body in BODIES:
        with pytest.raises(Exception, match="is not JSON") as refused:
            parsed(body.encode(), BODY)
        found.append(str(refused.value))
    return found


@pytest.fixture(scope="module")
def held() -> Documents:
    return Documents(schema(), introspection=False)


class TestLibraries:
    @pytest.mark.parametrize(("text", "variables"), DOCUMENTS, ids=range(len(DOCUMENTS)))
    def test_what_graphql_says_of_a_document_is_told_in_korean(
        self, held: Documents, text: str, variables: dict[str, Any]
    ) -> None:
        said = refusals(held, text, variables)

        assert [message for message in said if HANGUL.search(told(message, "ko")) is None] == []

    def test_so_is_what_is_no_json(self) -> None:
        with pytest.raises(Exception, match="is not JSON") as refused:
            parsed(b'{"a" 1}', BODY)

        assert told(refused.value.message, "ko") == (  # type: ignore[attr-defined]  # a BadRequest
            "본문은(는) JSON이 아닙니다: 1행 6열, ':'가 와야 합니다"
        )

    def test_each_sentence_is_said_of_something(self, held: Documents) -> None:
        said = [message for text, given in DOCUMENTS for message in refusals(held, text, given)]
        said += of_bodies()
        sentences = tomllib.loads(LIBRARIES.read_text("utf-8"))
        words = {template: re.split(r"\{\w+\}", template) for template in sentences}

        def occurs(template: str) -> bool:
            return any(all(part in message for part in words[template]) for message in said)

        assert [template for template in sentences if not occurs(template)] == []

    def test_no_field_is_guessed(self, held: Documents) -> None:
        said = [message for text, given in DOCUMENTS for message in refusals(held, text, given)]

        assert [message for message in said if "mean" in message.lower()] == []


class TestRecognised:
    def test_a_sentence_within_a_sentence_is_told_too(self) -> None:
        message = (
            "Variable '$f' has invalid value at .birthOn.eq: Date cannot represent 'X': give YYYY-MM-DD, in the years "
            "1 to 9999"
        )

        assert told(message, "ko") == (
            "변수 '$f'의 .birthOn.eq 값이 올바르지 않습니다: Date 값이 아닙니다: 'X'. "
            "YYYY-MM-DD 형식으로 1년~9999년 범위에서 쓰십시오"
        )

    def test_what_was_given_stays_as_it_was(self) -> None:
        given = "Unknown type 'A'. Unknown type 'B'."

        assert told(f"unknown cohort {given!r}; known: week, month", "ko") == (
            f"알 수 없는 cohort {given!r}입니다. 가능한 값: week, month"
        )

    @pytest.mark.parametrize(
        "message", ["", "x", "PersistedQueryNotFound", "a: b", "Unknown type 'A' is fine"]
    )
    def test_what_nobody_knows_stays_english(self, message: str) -> None:
        assert told(message, "ko") == message

    def test_a_very_long_one_is_not_looked_at(self) -> None:
        message = f"Unknown type '{'x' * LONGEST}'."

        assert told(message, "ko") == message

    def test_english_is_left_alone(self) -> None:
        assert told("Unknown type 'A'.", "en") == "Unknown type 'A'."

    def test_every_template_gives_back_what_stands_in_it(self) -> None:
        for template, sentence in catalogue("ko").items():
            places = re.findall(r"\{(\w+)[^}]*\}", template)
            if len(re.sub(r"\{[^}]*\}", "", template)) < 12 or "{{" in template:
                continue
            written = re.sub(r"\{(\w+)[^}]*\}", r"<\1>", template)

            found = told(written, "ko")

            assert HANGUL.search(found), template
            assert all(f"<{place}>" in found for place in places), (template, sentence, found)


def test_what_goes_wrong_while_a_document_is_carried_out_is_told_so_too() -> None:
    found = ExecutionResult(data=None, errors=[GraphQLError("Cannot query field 'nope' on type 'Query'.")])

    korean, english = (
        formatted(found, refused(found), language)["errors"][0]["message"] for language in ("ko", "en")
    )

    assert HANGUL.search(korean)
    assert english == "Cannot query field 'nope' on type 'Query'."
