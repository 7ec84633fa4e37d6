"""The kinds of bodies: bombs, and whatever else may cost more than it looks."""

import json
from collections.abc import Callable
from typing import Any

from api.graphql.requests import LARGEST_BODY
from api.graphql.sizes import IN_VARIABLES

MOST = IN_VARIABLES - 20
ROOM = LARGEST_BODY - 400
"""What a variable may hold, with the rest of its body around it."""

NAMES = "{ customers(first: 1) { nodes { name } } }"
SEARCH = "query ($x: String) { customers(first: 1, search: $x) { nodes { name } } }"
WHERE = "query ($x: CustomerFilter) { customers(first: 1, filter: $x) { nodes { name } } }"
BY_IDS = "query ($x: [ID!]!) { nodes(ids: $x) { id } }"
RECORD = "mutation ($x: RecordTouchpointInput!) { recordTouchpoint(input: $x) { userErrors { code } } }"
CREATE = "mutation ($x: CreateCustomerInput!) { createCustomer(input: $x) { userErrors { code } } }"

Made = Callable[[int], bytes]
"""The body of the n-th round."""


def body(document: str, x: Any = None, **more: Any) -> Made:
    """A body with this document, made another one by a comment, and one variable."""
    variables = {} if x is None else {"variables": {"x": x}}

    def made(n: int) -> bytes:
        asked = {"query": f"{document} #{n}", **variables, **more}
        return json.dumps(asked, ensure_ascii=False).encode("utf-8", "surrogatepass")

    return made


def raw(start: str, each: str, end: str = "", *, size: int = LARGEST_BODY) -> Made:
    """A body that is no document: as often `each` as there is room."""
    filled = start + each * ((size - len(start) - len(end)) // len(each.encode())) + end
    return lambda _: filled.encode()


def filled(text: str, size: int = ROOM) -> str:
    """The text, as often as there is room."""
    return text * (size // len(text.encode()))


def chain(count: int, each: int) -> str:
    """Fragments, each of which spreads the next so many times."""
    links = [
        f"fragment F{n} on Customer {{ {f'...F{n + 1} ' * each if n < count - 1 else 'id'} }}"
        for n in range(count)
    ]
    return "{ customers(first: 1) { nodes { ...F0 } } } " + " ".join(links)


def nested(levels: int, start: Any, wrap: Callable[[Any], Any]) -> Any:
    for _ in range(levels):
        start = wrap(start)
    return start


def deep(levels: int, around: str = "%") -> Made:
    """A body whose variable is a list in a list in a list, without json's own limits."""
    value = around.replace("%", "[" * levels + "]" * levels)
    return lambda n: (
        json.dumps({"query": f"{SEARCH} #{n}"})[:-1] + f', "variables": {{"x": {value}}}}}'
    ).encode()


CONDITIONS = " ".join(f'{{name: {{contains: "a{n}"}}}}' for n in range(120))
RELATIONS = '{orders: {some: {lines: {some: {product: {name: {eq: "a"}}}}}}}'
MARKS = "\u0315\u0300"
"""Two combining marks in the wrong order: normalising a run of them takes time by its square."""

KINDS: dict[str, Made] = {
    "fragments: a chain of 120": body(chain(120, 1)),
    "fragments: each spreads the next twice": body(chain(20, 2)),
    "fragments: each spreads the next five times": body(chain(70, 5)),
    "fragments: 120 that nobody spreads": body(
        NAMES + " ".join(f"fragment F{n} on Customer {{ id name }}" for n in range(120))
    ),
    "fragments: all in one place": body(
        "{{ customers(first: 1) {{ nodes {{ {} }} }} }} ".format(" ".join(f"...F{n}" for n in range(40)))
        + " ".join(f"fragment F{n} on Customer {{ id name region country kind }}" for n in range(40))
    ),
    "1,000 aliases": body("{{ {} }}".format(" ".join(f"a{n}: __typename" for n in range(1000)))),
    "300 aliases of a root field": body(
        "{{ {} }}".format(" ".join(f"a{n}: viewer {{ role }}" for n in range(160)))
    ),
    "deep: 3,000 selections": body("{ " + "a { " * 3000 + "b" + " }" * 3000 + " }"),
    "deep: 490 selections": body("{ " + "a { " * 490 + "b" + " }" * 490 + " }"),
    "deep: 400 lists in a literal": body(
        "{ customers(first: %s) { nodes { id } } }" % ("[" * 400 + "]" * 400)
    ),
    "deep: 200 objects in a literal": body(
        "{ customers(first: 1, filter: %s) { nodes { id } } }" % ("{not: " * 200 + "{}" + "}" * 200)
    ),
    "deep: types in types in types": body(
        "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }"
    ),
    "the whole schema": body(
        "{ __schema { types { kind name description fields { name description args { name type { name kind } "
        "defaultValue } type { name kind ofType { name kind ofType { name } } } } inputFields { name description } "
        "enumValues { name description } possibleTypes { name } interfaces { name } } directives { name } } }"
    ),
    "tokens: 32,000": body("{ " + "a " * 32_000 + "}"),
    "tokens: 990 fields": body(
        "{{ customers(first: 1) {{ nodes {{ {} }} }} }}".format(" ".join(f"f{n}" for n in range(970)))
    ),
    "tokens: 300 directives": body("{ viewer { role %s } }" % ("@include(if: true) " * 140)),
    "tokens: 190 variables": body(
        "query ({}) {{ viewer {{ role }} }}".format(" ".join(f"$v{n}: Int" for n in range(240)))
    ),
    "tokens: 190 operations": body(
        " ".join(f"query Q{n} {{ viewer {{ role }} }}" for n in range(120)), operationName="Q7"
    ),
    "tokens: 60,000 commas": body("{" + "," * 60_000 + " viewer { role } }"),
    "text: a document of 1 MB": body("{ viewer { role } } #" + "x" * ROOM),
    "text: a comment of 64 KiB": body("{ viewer { role } } #" + "x" * 65_000),
    "text: a literal of 64 KiB": body(
        '{ customers(first: 1, search: "%s") { nodes { id } } }' % ("가" * 65_000)
    ),
    "text: a literal of NFD": body(
        '{ customers(first: 1, search: "%s") { nodes { id } } }' % ("\u1112\u1161\u11ab" * 21_000)
    ),
    "text: a literal of escapes": body(
        '{ customers(first: 1, search: "%s") { nodes { id } } }' % (r"\uD55C" * 10_800)
    ),
    "text: a block of many lines": body(
        '{ customers(first: 1, search: """%s""") { nodes { id } } }' % (" a\n" * 21_000)
    ),
    "text: a literal of combining marks": body(
        '{ customers(first: 1, search: "a%s") { nodes { id } } }' % (MARKS * 32_000)
    ),
    "text: a variable of ASCII": body(SEARCH, filled("a")),
    "text: a variable of Hangul": body(SEARCH, filled("한")),
    "text: a variable of NFD": body(SEARCH, filled("\u1112\u1161\u11ab")),
    "text: a variable of combining marks": body(SEARCH, filled(MARKS)),
    "text: a variable of short runs of marks": body(SEARCH, filled("a" + MARKS * 15)),
    "text: a variable of sorted marks": body(SEARCH, filled("\u0301")),
    "text: a variable of jamo": body(SEARCH, filled("\u1161")),
    "text: a variable with NUL at its end": body(SEARCH, filled("a", ROOM - 10) + "\0"),
    "text: a variable with half a pair at its end": raw(
        json.dumps({"query": SEARCH})[:-1] + ', "variables": {"x": "', "a", r"\ud800" + '"}}'
    ),
    "text: escapes alone": raw(
        json.dumps({"query": SEARCH})[:-1] + ', "variables": {"x": "', r"\ud55c", '"}}'
    ),
    "text: 150,000 short ones in NFD": body(SEARCH, ["\u1112\u1161"] * 90_000),
    "text: NFC of Latin": body(SEARCH, filled("a\u0308")),
    "text: an operation's name of 1 MB": body(NAMES, operationName=filled("한")),
    "text: a hash of 1 MB": body(NAMES, documentId=filled("a")),
    "text: extensions of 1 MB": body(NAMES, extensions={"persistedQuery": {"sha256Hash": filled("한")}}),
    "variables: lists 900 deep": deep(900),
    "variables: lists 100,000 deep": deep(100_000),
    "variables: objects 100,000 deep": raw(
        json.dumps({"query": SEARCH})[:-1] + ', "variables": {"x": ', '{"a":', "1"
    ),
    "variables: 500,000 numbers": body(BY_IDS, [1] * 340_000),
    "variables: 250,000 empty lists": body(BY_IDS, [[]] * 250_000),
    "variables: 250,000 empty objects": body(BY_IDS, [{}] * 250_000),
    "variables: 100,000 fractions": body(BY_IDS, [1.5] * 200_000),
    "variables: numbers of 4,000 digits": body(BY_IDS, [10**4000] * 250),
    "variables: a number of 1 MB": raw(
        json.dumps({"query": SEARCH})[:-1] + ', "variables": {"x": ', "1", "}}"
    ),
    "variables: a fraction of 1 MB": raw(
        json.dumps({"query": SEARCH})[:-1] + ', "variables": {"x": 1.', "1", "}}"
    ),
    "variables: 80,000 keys": body(WHERE, {f"k{n}": n for n in range(60_000)}),
    "variables: 60,000 that no one declares": lambda n: json.dumps(
        {"query": f"{NAMES} #{n}", "variables": {f"k{at}": at for at in range(60_000)}}
    ).encode(),
    "variables: 60,000 keys of Hangul": body(SEARCH, {f"한{n}": "\u1112" for n in range(45_000)}),
    "ids: 50,000": body(BY_IDS, [f"Q3VzdG9tZXI6{n:05}" for n in range(45_000)]),
    "ids: 100": body(BY_IDS, [f"Q3VzdG9tZXI6{n:05}" for n in range(100)]),
    "in: 60,000 texts": body(WHERE, {"name": {"in": [f"김{n}" for n in range(60_000)]}}),
    "in: 60,000 wrong values": body(WHERE, {"name": {"in": list(range(60_000))}}),
    "in: 60,000 words that are no enum's": body(WHERE, {"kind": {"in": [f"K{n}" for n in range(60_000)]}}),
    "in: 150,000 of an enum": body(WHERE, {"kind": {"in": ["PERSON"] * 90_000}}),
    "in: 40,000 times": body(WHERE, {"createdAt": {"in": ["2026-01-01T00:00:00Z"] * 40_000}}),
    "in: 60,000 days": body(WHERE, {"birthOn": {"in": ["2026-01-01"] * 60_000}}),
    "in: 60,000 large numbers": body(WHERE, {"pointsBalance": {"in": ["9007199254740993"] * 50_000}}),
    "filters: 20,000 in a variable": body(WHERE, {"and": [{"name": {"contains": "a"}}] * 30_000}),
    "filters: 60,000 empty ones": body(WHERE, {"or": [{}] * 200_000}),
    "filters: 500 nots in each other": body(WHERE, nested(500, {"name": {"eq": "a"}}, lambda x: {"not": x})),
    "filters: 60 nots in each other": body(WHERE, nested(60, {"name": {"eq": "a"}}, lambda x: {"not": x})),
    "filters: 120 in a literal": body(
        f"{{ customers(first: 1, filter: {{or: [{CONDITIONS}]}}) {{ nodes {{ id }} }} }}"
    ),
    "filters: 40 across relations": body(
        "{ customers(first: 1, filter: {or: [%s]}) { nodes { id } } }" % (RELATIONS * 36)
    ),
    "filters: 500 across relations in a variable": body(
        WHERE, {"or": [{"orders": {"some": {"lines": {"some": {"product": {"name": {"eq": "a"}}}}}}}] * 8_000}
    ),
    "filters: 300 in a variable": body(WHERE, {"or": [{"name": {"contains": "a"}}] * 300}),
    "writes: a note of 1 MB": body(RECORD, {"note": filled("한")}),
    "writes: a note of combining marks": body(RECORD, {"note": filled(MARKS)}),
    "writes: 150,000 topics": body(RECORD, {"topics": ["tea"] * 140_000}),
    "writes: a name of 1 MB": body(CREATE, {"name": filled("한")}),
    "writes: 20,000 contact points": body(
        CREATE,
        {"name": "a", "contactPoints": [{"kind": "EMAIL", "value": f"a{n}@b.kr"} for n in range(20_000)]},
    ),
    "writes: 20,000 external ids": body(
        CREATE, {"name": "a", "externalIds": [{"system": "erp", "id": f"{n}"} for n in range(25_000)]}
    ),
    "most values: ids": body(BY_IDS, ["Q3VzdG9tZXI6MQ"] * MOST),
    "most values: numbers for ids": body(BY_IDS, [1] * MOST),
    "most values: texts": body(WHERE, {"name": {"in": [f"김{n}" for n in range(MOST)]}}),
    "most values: texts in NFD": body(WHERE, {"name": {"in": ["\u1112\u1161" * 30] * MOST}}),
    "most values: words of an enum": body(WHERE, {"kind": {"in": ["PERSON"] * MOST}}),
    "most values: empty filters": body(WHERE, {"or": [{}] * MOST}),
    "most values: filters": body(WHERE, {"or": [{"name": {"contains": "a"}}] * (MOST // 3)}),
    "most values: filters across relations": body(
        WHERE,
        {"or": [{"orders": {"some": {"lines": {"some": {"product": {"name": {"eq": "a"}}}}}}}] * (MOST // 8)},
    ),
    "most values: contact points": body(
        CREATE,
        {"name": "a", "contactPoints": [{"kind": "EMAIL", "value": f"a{n}@b.kr"} for n in range(MOST // 3)]},
    ),
    "most values: external ids": body(
        CREATE, {"name": "a", "externalIds": [{"system": "erp", "id": f"{n}"} for n in range(MOST // 3)]}
    ),
    "JSON: 1 MB of [": raw("", "["),
    "JSON: 1 MB of quotes": raw("", '"'),
    "JSON: 1 MB of blanks": raw("", " "),
    "JSON: 1 MB of backslashes": raw('"', "\\\\"),
    "JSON: a bad end": raw('{"query": "{ viewer { role } }", "variables": {"x": [', "1,", "x"),
    "JSON: a text that never ends": raw('{"query": "', "a"),
    "JSON: bad UTF-8 at the end": lambda _: b'{"query": "' + b"a" * 1_000_000 + b"\xff",
    "JSON: 100,000 keys, the last one twice": lambda _: (
        "{" + ",".join(f'"k{n}":1' for n in range(80_000)) + ',"k79999":1}'
    ).encode(),
    "JSON: 60,000 objects with a key twice": raw("[", '{"a":1,"a":1},', "1]"),
    "JSON: a batch": raw("[", '{"query":"{viewer{role}}"},', "1]"),
    "JSON: 1e999": raw("[", "1e999,", "1]"),
    "JSON: NaN": raw("[", "NaN,", "1]"),
}
