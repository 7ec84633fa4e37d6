"""The schema's text, written once for the tests of a process: it takes a second."""

from functools import cache

from graphql import GraphQLSchema, build_schema

from api.graphql.schema import schema
from api.graphql.sdl import sdl


@cache
def text() -> str:
    return sdl(schema())


@cache
def built() -> GraphQLSchema:
    """The schema as its text says, without what checks scalars."""
    return build_schema(text())
