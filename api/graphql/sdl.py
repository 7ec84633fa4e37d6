"""The schema as text: sorted, with what each field costs written beside it."""

from collections.abc import Sequence
from typing import Any

from graphql import (
    DocumentNode,
    FieldDefinitionNode,
    GraphQLSchema,
    ObjectTypeDefinitionNode,
    Visitor,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    lexicographic_sort_schema,
    parse,
    parse_const_value,
    print_ast,
    print_schema,
    visit,
)
from graphql.language import ConstArgumentNode, ConstDirectiveNode, NameNode

from api.graphql.cost import EACH_ROW, assumed, is_page, weight

DIRECTIVES = '''
"""What asking for the field costs besides the objects that it resolves: each of those is one point, a scalar none."""
directive @cost(weight: String!) on FIELD_DEFINITION

"""
How many objects a list is counted for: a page as many as it asks for, in each of its `sizedFields`; a list without a
page as many as its ids, as the rows of the mutation's input, or as it has at most.
"""
directive @listSize(
  assumedSize: Int
  slicingArguments: [String!]
  sizedFields: [String!]
  requireOneSlicingArgument: Boolean = true
) on FIELD_DEFINITION
'''


def sdl(schema: GraphQLSchema) -> str:
    """The schema as text, sorted; the same that is committed as schema.graphql."""
    # Sorting rebuilds Strawberry's enums as plain ones, which no longer know their members; so the text is sorted.
    plain = build_schema(print_schema(schema) + DIRECTIVES, assume_valid=True, no_location=True)
    ordered = parse(print_schema(lexicographic_sort_schema(plain)), no_location=True)
    told: DocumentNode = visit(ordered, _Prices(schema))
    return print_ast(told) + "\n"


class _Prices(Visitor):
    """Writes @cost and @listSize beside the fields that have one."""

    def __init__(self, schema: GraphQLSchema) -> None:
        super().__init__()
        self._schema = schema
        self._type: Any = None

    def enter_object_type_definition(self, node: ObjectTypeDefinitionNode, *_: Any) -> None:
        self._type = self._schema.type_map[node.name.value]

    def leave_object_type_definition(self, *_: Any) -> None:
        self._type = None

    def enter_field_definition(self, node: FieldDefinitionNode, *_: Any) -> FieldDefinitionNode | None:
        directives = [] if self._type is None else self._directives(node.name.value)
        if not directives:
            return None
        return FieldDefinitionNode(
            name=node.name,
            description=node.description,
            arguments=node.arguments,
            type=node.type,
            directives=(*(node.directives or ()), *directives),
        )

    def _directives(self, name: str) -> Sequence[ConstDirectiveNode]:
        field = self._type.fields[name]
        points = weight(self._schema, self._type, field)
        found = [_directive("cost", weight=f'"{points}"')] if points else []
        type_: Any = get_named_type(field.type)
        if is_page(type_):
            sized = _directive(
                "listSize", slicingArguments='["first", "last"]', sizedFields='["edges", "nodes"]'
            )
            return [*found, sized]
        if (
            is_list_type(get_nullable_type(field.type))
            and not is_leaf_type(type_)
            and not is_page(self._type)
        ):
            if "ids" in field.args:
                return [*found, _directive("listSize", slicingArguments='["ids"]')]
            if name in EACH_ROW and self._type.name.endswith("Payload"):
                return [*found, _directive("listSize", slicingArguments='["input"]')]
            return [*found, _directive("listSize", assumedSize=str(assumed(field)))]
        return found


def _directive(name: str, **arguments: str) -> ConstDirectiveNode:
    return ConstDirectiveNode(
        name=NameNode(value=name),
        arguments=tuple(
            ConstArgumentNode(name=NameNode(value=each), value=parse_const_value(text))
            for each, text in arguments.items()
        ),
    )
