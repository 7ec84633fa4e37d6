"""Relay's types: nodes, connections, edges and pages."""

from typing import Any, Generic, TypeVar

import strawberry

from api.graphql.fields import selected
from api.graphql.planning.browsing import argument
from api.graphql.planning.nodes import TYPE_KEY

T = TypeVar("T")


def type_of(row: Any, *_: Any) -> str:
    """The type of an object in the answer of a selection, which says it of each member of a union."""
    return str(row[TYPE_KEY])


@strawberry.interface(description="Anything with an id of its own.")
class Node:
    id: strawberry.ID = selected(description="Opaque and globally unique.")

    @classmethod
    def is_type_of(cls, _: Any, __: Any) -> bool:
        """The answer of a selection has the right type already."""
        return True

    @classmethod
    def resolve_type(cls, obj: Any, *_: Any) -> str:
        return type_of(obj)


@strawberry.type(description="Where a page lies among all rows.")
class PageInfo:
    has_next_page: bool = selected()
    has_previous_page: bool = selected()
    start_cursor: str | None = selected()
    end_cursor: str | None = selected()


@strawberry.type(description="A row of a page, with its place in the order.")
class Edge(Generic[T]):
    cursor: str = selected(description="Opaque; belongs to this order.")
    node: T = selected()


@strawberry.type(description="One page of rows.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = selected()
    nodes: list[T] = selected()
    page_info: PageInfo = selected()
    total_count: int = selected(
        takes=(argument("at_most", int | None, "Counting ends here: this number means as many or more."),),
        description="Rows on all pages; counted only when asked for, each time anew.",
    )
