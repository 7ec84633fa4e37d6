"""How to ask for each field of the schema: a document that gets there, made from the schema alone.

Every place has what it needs of the permission table, told by the schema and the table and not by the code that checks:
the entries of each type on the way, of the groups of its fields, and of the rows that they lead to.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)

from api.graphql.planning.rights import BACKREF
from api.permissions import TABLE, Action, Group, Key
from domain.roles import Role
from domain.selection import ids

SCALARS = {
    "Boolean": "true",
    "Int": "1",
    "String": '"x"',
    "Date": '"2026-01-01"',
    "DateTime": '"2026-01-01T00:00:00Z"',
    "Decimal": '"1"',
    "PreciseDecimal": '"1"',
    "BigInt": '"1"',
    "Number": '"1"',
    "Time": '"09:00"',
}


@dataclass(frozen=True)
class Place:
    """A field: what must be written before and behind it, and the entries that all of it needs."""

    name: str
    before: str
    behind: str
    keys: frozenset[Key]

    def document(self, root: str = "query") -> str:
        return f"{root} {self.before}{self.behind}"

    def may(self, role: Role) -> bool:
        """As the table says."""
        return all(role in TABLE.get(key, frozenset()) for key in self.keys)


def places(schema: GraphQLSchema, root: GraphQLObjectType) -> Iterator[Place]:
    """Every field of every type that can be reached from the root, once."""
    ways: dict[str, Place] = {root.name: Place(root.name, "{ ", " }", frozenset())}
    waiting = deque([root])
    while waiting:
        type_ = waiting.popleft()
        way = ways[type_.name]
        for name, field in type_.fields.items():
            keys = way.keys | needs(type_, field)
            asked = f"{way.before}{name}{arguments(field, name)}"
            of: Any = get_named_type(field.type)
            below = "" if is_leaf_type(of) else " { __typename }"
            yield Place(f"{type_.name}.{name}", asked, f"{below}{way.behind}", frozenset(keys))
            for next_, opening, closing, also in steps(schema, of):
                if next_.name not in ways:
                    ways[next_.name] = Place(
                        next_.name, f"{asked} {opening}", f"{closing}{way.behind}", frozenset(keys | also)
                    )
                    waiting.append(next_)


def steps(schema: GraphQLSchema, of: Any) -> Iterator[tuple[GraphQLObjectType, str, str, frozenset[Key]]]:
    """The object types that a field's type leads to, what opens and closes their selection, and what that needs."""
    if isinstance(of, GraphQLObjectType):
        yield of, "{ ", " }", frozenset()
    elif isinstance(of, GraphQLInterfaceType | GraphQLUnionType) and of.name != "Node":
        for each in schema.get_possible_types(of):
            yield each, f"{{ ... on {each.name} {{ ", " } }", frozenset()


def needs(type_: GraphQLObjectType, field: GraphQLField) -> set[Key]:
    """The entries of the field: of its type and group, of the rows it leads to, and of a mutation."""
    said: Any = field.extensions.get(BACKREF)
    found = set(getattr(said, "rights", ()))
    if not carries(type_):
        found.add((type_.name, Action.READ, getattr(said, "group", Group.BASE)))
    reading = getattr(said, "reading", None)
    of = get_named_type(field.type)
    if reading is None and isinstance(of, GraphQLObjectType) and not carries(of):
        found.add((of.name, Action.READ, Group.BASE))
    target = None if reading is None else reading.target()
    if target is not None:
        found.add((target.type_name, Action.READ, Group.BASE))
    return found


def carries(type_: GraphQLObjectType) -> bool:
    """Whether the type holds nothing of its own: the table knows no entry for it in any group."""
    return not any(name == type_.name and action is Action.READ for name, action, _ in TABLE)


def arguments(field: GraphQLField, name: str) -> str:
    """What the field cannot do without."""
    given = {
        key: argument(each, field)
        for key, each in field.args.items()
        if is_required_argument(each) or key == "first"
    }
    return f"({', '.join(f'{key}: {value}' for key, value in given.items())})" if given else ""


def argument(of: GraphQLArgument, field: GraphQLField) -> str:
    return literal(of.type, get_named_type(field.type).name)


def literal(type_: Any, about: str, *, depth: int = 0) -> str:
    """A value of the type; ids are those of rows of the type `about`, or of customers where that is none."""
    of: Any = get_nullable_type(type_)
    if is_list_type(of):
        return f"[{literal(of.of_type, about, depth=depth)}]" if is_non_null_type(of.of_type) else "[]"
    if isinstance(of, GraphQLEnumType):
        return str(next(iter(of.values)))
    if isinstance(of, GraphQLInputObjectType):
        return filled(of, about, depth)
    if of.name == "ID":
        return f'"{ids.made(about if about[0].isupper() and about.isalpha() and about != "Node" else "Customer", 1)}"'
    return SCALARS[of.name]


def filled(of: GraphQLInputObjectType, about: str, depth: int) -> str:
    """An object with what it cannot do without: one field where it takes exactly one."""
    if of.is_one_of:
        # A plain one where there is one: a rule may hold rules, without end.
        plain = [each for each in of.fields.items() if is_leaf_type(get_named_type(each[1].type))]
        name, field = next(iter(plain or of.fields.items()))
        return f"{{{name}: {literal(get_nullable_type(field.type), about, depth=depth + 1)}}}"
    parts = [
        f"{name}: {literal(field.type, about, depth=depth + 1)}"
        for name, field in of.fields.items()
        if is_required_input_field(field)
    ]
    return f"{{{', '.join(parts)}}}"
