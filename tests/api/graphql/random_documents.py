"""Random valid documents of the schema, with aliases, fragments, variables, directives, filters, orders and pages."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSyntaxError,
    get_named_type,
    get_nullable_type,
    is_interface_type,
    is_leaf_type,
    is_list_type,
    parse,
)
from hypothesis import assume
from hypothesis import strategies as st

from api.errors import ApiError
from api.graphql import limits
from domain.selection import ids

Draw = Any
Cursors = Mapping[tuple[str, str, str], Sequence[str]]

TEXTS = ["", "김", "하나", "서울", "O'Neil \"the\\", "erp", "P1", "%", "_", "🙂", "\t"]
TIMES = [
    "2026-01-01T01:00:00Z",
    "2026-02-03T09:00:00+09:00",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
]
SOUGHT = ["ㄱ", "김ㅎ", "ㅎㄴ", "KIM 1", "neil", "p1", None]
DAYS = ["1970-02-03", "0001-01-01", "2010-01-01"]
MOST_SELECTIONS = 60
LARGEST_ID = {
    "Customer": 16,
    "Touchpoint": 60,
    "Order": 21,
    "Offer": 4,
    "OfferGrant": 13,
    "Product": 5,
    "Case": 15,
    "Opportunity": 13,
    "Task": 17,
    "Content": 8,
    "Objective": 8,
    "Target": 9,
}


class Word(str):
    """A value that is written without quotes: a member of an enum."""

    __slots__ = ()


@dataclass(frozen=True)
class Random:
    """A document and its variables."""

    text: str
    variables: dict[str, Any]


def _is_of_the_store(definition: GraphQLField) -> bool:
    """Whether the answer is the store's alone: a cube is asked of an engine of its own, which is not open here, and
    what is in the way of an offer names the moment at which it was asked. A rule tree is drawn elsewhere
    (tests/olap/mining/test_segments.py), and its JSON holds objects that no cost counts."""
    others = ("Cube", "OfferEligibility", "SegmentPreview", "SegmentRule", "CustomersOfCell")
    return not get_named_type(definition.type).name.startswith(others)


ONE_TYPE = "... on"
"""Where a scope keeps which of several types it asks; no response key can be this."""


@dataclass(frozen=True)
class Place:
    """Where a document is being written: how many entities more may stand below, and on which level it is."""

    entities: int
    level: int = 1

    @property
    def leads_on(self) -> bool:
        return self.entities > 0 and self.level < limits.DEEPEST

    def below(self, entities: int) -> "Place":
        return Place(self.entities - entities, self.level + 1)


@dataclass
class Writer:
    """Writes one document. `used` keys of a scope lead to the keys below, so that repeated fields can merge."""

    draw: Draw
    schema: GraphQLSchema
    cursors: Cursors
    fragments: list[str] = field(default_factory=list)
    declared: list[str] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)
    names: int = 0
    left: int = MOST_SELECTIONS

    def document(self) -> Random:
        root = self.schema.query_type
        assert root is not None
        body = self.selections(root, Place(4), {}, fewest=2)
        head = f"query Random({', '.join(self.declared)}) " if self.declared else ""
        return Random("\n".join([head + body, *self.fragments]), self.variables)

    def chance(self, percent: int) -> bool:
        return bool(self.draw(st.integers(0, 99)) < percent)

    def pick(self, choices: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(choices))

    def name(self, prefix: str) -> str:
        self.names += 1
        return f"{prefix}{self.names}"

    def selections(self, of: GraphQLObjectType, at: Place, used: dict[str, Any], *, fewest: int = 1) -> str:
        parts = [
            self.selection(of, at, used)
            for _ in range(self.draw(st.integers(fewest, 4 if self.left > 0 else 1)))
        ]
        return "{ " + " ".join(parts) + " }"

    def selection(self, of: GraphQLObjectType, at: Place, used: dict[str, Any]) -> str:
        self.left -= 1
        kind = self.draw(st.integers(0, 99))
        if kind < 6 or self.left < 0:
            return f"__typename {self.directive()}"
        if kind < 14:
            condition = self.pick(["", f"on {of.name} ", *(f"on {each.name} " for each in of.interfaces)])
            inner = "{ id }" if condition == "on Node " else self.selections(of, at, used)
            return f"... {condition}{self.directive()} {inner}"
        if kind < 20:
            fragment = self.name("F")
            body = self.selections(of, at, used)
            self.fragments.append(f"fragment {fragment} on {of.name} {body}")
            return f"...{fragment} {self.directive()}"
        return self.field(of, at, used)

    def field(self, of: GraphQLObjectType, at: Place, used: dict[str, Any]) -> str:
        fields = [
            name
            for name, each in of.fields.items()
            if (at.leads_on or is_leaf_type(get_named_type(each.type))) and _is_of_the_store(each)
        ]
        if not fields:
            return "__typename"
        name = self.pick(fields)
        definition = of.fields[name]
        arguments = self.arguments(definition)
        key = name
        if arguments or self.chance(30) or used.get(key, name) is None:
            key = self.name("a")
        below = used.setdefault(key, {})
        label = "" if key == name else f"{key}: "
        return f"{label}{name}{arguments} {self.directive()} {self.below(definition, at, below)}"

    def below(self, definition: GraphQLField, at: Place, used: dict[str, Any]) -> str:
        type_ = get_named_type(definition.type)
        if is_leaf_type(type_):
            return ""
        if isinstance(type_, GraphQLObjectType):
            carries = type_.name.endswith(("Connection", "Edge")) or type_.name in ("PageInfo", "Money")
            return self.selections(type_, at.below(0 if carries else 1), used)
        # One type for all that are merged: `kind` of a case and of points are of two, which a document may not ask.
        if ONE_TYPE not in used:
            used[ONE_TYPE] = self.pick(self.schema.get_possible_types(type_))  # type: ignore[arg-type]  # Node
        concrete: GraphQLObjectType = used[ONE_TYPE]
        of_all = "id __typename" if is_interface_type(type_) else "__typename ... on Node { id }"
        return f"{{ {of_all} ... on {concrete.name} {self.selections(concrete, at.below(1), used)} }}"

    def directive(self) -> str:
        if not self.chance(15):
            return ""
        name, value = self.pick(["skip", "include"]), self.chance(50)
        return f"@{name}(if: {self.value('Boolean!', value)})"

    def arguments(self, definition: GraphQLField) -> str:
        given = [f"{name}: {text}" for name, text in self.given(definition).items()]
        return f"({', '.join(given)})" if given else ""

    def given(self, definition: GraphQLField) -> dict[str, str]:
        args = definition.args
        if "first" in args:
            return self.page(definition)
        if "atMost" in args:
            return {"atMost": self.value("Int", self.draw(st.integers(1, 9)))} if self.chance(50) else {}
        if "ids" in args:
            return {
                "ids": self.value(
                    "[ID!]!", [self.id(self.node_type()) for _ in range(self.draw(st.integers(0, 3)))]
                )
            }
        if "mergeId" in args:
            return {name: self.value("ID!", self.id("Customer")) for name in ("keepId", "mergeId")}
        if "id" in args:
            name = get_named_type(definition.type).name
            return {"id": self.value("ID!", self.id(self.node_type() if name == "Node" else name))}
        if "key" in args:
            of: Any = get_named_type(args["key"].type)
            name = of.name.removesuffix("Key")
            keys: dict[str, dict[str, Any]] = {
                "external": {"external": {"system": "erp", "id": f"erp-{self.draw(st.integers(1, 15))}"}},
                "id": {"id": self.id(name)},
                "code": {"code": self.pick(["S01", "P1", "none"])},
            }
            return {"key": self.value(f"{of.name}!", self.pick([keys[each] for each in sorted(of.fields)]))}
        return {}

    def page(self, definition: GraphQLField) -> dict[str, str]:
        connection: Any = get_named_type(definition.type)
        type_name = connection.name.removesuffix("Connection")
        order = self.order(definition)
        more = [self.order(definition)] if self.chance(30) else []
        found = {self.pick(["first", "last"]): self.value("Int", self.draw(st.integers(1, 4)))}
        terms = [each for each in (order, *more) if each != ("", "")]
        terms = terms[:1] if len({name for name, _ in terms}) < len(terms) else terms
        known = self.cursors.get((type_name, *order), ()) if len(terms) < 2 else ()
        for side in ("after", "before"):
            if known and self.chance(20):
                found[side] = self.value("String", self.pick([*known, None]))
        if terms:
            by = [{"field": Word(name), "direction": Word(way)} for name, way in terms]
            found["orderBy"] = self.value(f"[{type_name}Order!]", by)
        if "filter" in definition.args and self.chance(40):
            of: Any = get_named_type(definition.args["filter"].type)
            found["filter"] = self.value(of.name, self.filter(of, 2))
        if "search" in definition.args and self.chance(20):
            found["search"] = self.value("String", self.pick([*TEXTS, *SOUGHT]))
        return found

    def order(self, definition: GraphQLField) -> tuple[str, str]:
        if "orderBy" not in definition.args or self.chance(50):
            return "", ""
        input_: Any = get_named_type(definition.args["orderBy"].type)
        choices: Any = get_named_type(input_.fields["field"].type)
        return self.pick(sorted(choices.values)), self.pick(["ASC", "DESC"])

    def filter(self, of: GraphQLInputObjectType, depth: int) -> dict[str, Any]:
        names = [name for name in of.fields if depth > 0 or name not in ("and", "or", "not")]
        chosen = {self.pick(names) for _ in range(self.draw(st.integers(0, 2)))}
        return {name: self.narrowed(of, name, depth) for name in sorted(chosen)}

    def narrowed(self, of: GraphQLInputObjectType, name: str, depth: int) -> Any:
        inner: Any = get_named_type(of.fields[name].type)
        if name in ("and", "or"):
            return [self.filter(of, depth - 1) for _ in range(self.draw(st.integers(0, 2)))]
        if "not" in inner.fields:
            return self.filter(inner, depth - 1)
        operator = self.pick(sorted(inner.fields))
        type_: Any = get_nullable_type(inner.fields[operator].type)
        leaf = get_named_type(type_)
        if is_list_type(type_):
            return {operator: [self.leaf(of, leaf) for _ in range(self.draw(st.integers(0, 2)))]}
        if isinstance(leaf, GraphQLInputObjectType):
            return {operator: self.part(of, leaf, depth)}
        return {operator: self.leaf(of, leaf)}

    def part(self, of: GraphQLInputObjectType, inner: GraphQLInputObjectType, depth: int) -> dict[str, Any]:
        """The filter of rows that belong to it, or the two ends of a range."""
        if "not" in inner.fields:
            return self.filter(inner, depth - 1)
        return {name: self.leaf(of, get_named_type(each.type)) for name, each in inner.fields.items()}

    def leaf(self, of: GraphQLInputObjectType, type_: GraphQLNamedType) -> Any:
        if isinstance(type_, GraphQLEnumType):
            return Word(self.pick(sorted(type_.values)))
        match type_.name:
            case "ID":
                return self.id(of.name.removesuffix("Filter"))
            case "Boolean":
                return self.chance(50)
            case "DateTime":
                return self.pick(TIMES)
            case "Date":
                return self.pick(DAYS)
            case "Int":
                return self.draw(st.integers(-1, 130))
            case "BigInt":
                return self.pick(["0", "-1", "150", "9223372036854775807"])
            case "Decimal" | "PreciseDecimal":
                return self.pick(["0", "-1.5", "1234.5", "9999999999999999.9999"])
        return self.pick(TEXTS)

    def node_type(self) -> str:
        node: Any = self.schema.type_map["Node"]
        return str(self.pick([each.name for each in self.schema.get_possible_types(node)]))

    def id(self, type_name: str) -> str:
        return ids.made(type_name, self.draw(st.integers(1, LARGEST_ID.get(type_name, 4))))

    def value(self, type_: str, value: Any) -> str:
        """The value as a literal, or as a variable of this type."""
        if self.chance(60):
            return literal(value)
        name = self.name("v")
        self.declared.append(f"${name}: {type_}")
        self.variables[name] = value
        return f"${name}"


def literal(value: Any) -> str:
    """The value as GraphQL writes it."""
    match value:
        case Word():
            return str(value)
        case dict():
            return "{" + ", ".join(f"{name}: {literal(each)}" for name, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(literal, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def documents(schema: GraphQLSchema, cursors: Cursors) -> st.SearchStrategy[Random]:
    """Documents that are valid and within the limits, over rows that exist and rows that do not."""

    # It has no arguments: of a document that is not within, hypothesis writes them down, 95 kB of schema.
    @st.composite
    def drawn(draw: Draw) -> Random:
        found = Writer(draw, schema, cursors).document()
        assume(_within(found.text))  # seldom not: there are too many aliases, or one name comes too often
        return found

    return drawn()


def _within(text: str) -> bool:
    try:
        limits.check(parse(text, max_tokens=limits.INTERACTIVE.tokens, no_location=True))
    except (ApiError, GraphQLSyntaxError):
        return False
    return True
