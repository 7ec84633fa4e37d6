"""Every field of the schema, every mutation, filter and ordering, for every role: as the permission table says.

Made from the schema: a new type is covered without a line here.
"""

import json
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import GraphQLInputObjectType, get_named_type

from api.errors import Forbidden
from api.graphql.documents import NO_VALUES, Documents
from api.graphql.planning.rights import BACKREF, of_filter_field
from api.graphql.schema import schema
from api.permissions import TABLE, Action
from api.tokens import BadToken, issue, read, signing_key
from domain.access import Actor
from domain.roles import Role
from tests.api.access.conftest import answering
from tests.api.access.reach import Place, literal, places
from tests.api.served import Client, Connections

READS = "query"
WRITES = "mutation"
FORTH_AND_BACK = (tuple(Role), tuple(reversed(Role)))
BY_ROUTE = {"Metrics"}
"""Read by a route of its own: tests.api.access.test_metrics."""


@pytest.fixture
async def client(database: str, connections: Connections, key_path: Path) -> AsyncIterator[Client]:
    """A client of the routes; what was proved is remembered."""
    async with answering(connections, key_path, remembered=600) as made:
        yield made


@cache
def reads() -> tuple[Place, ...]:
    root = schema().query_type
    assert root is not None
    return tuple(places(schema(), root))


@cache
def writes() -> tuple[Place, ...]:
    """The mutations and the fields of their payloads."""
    root = schema().mutation_type
    assert root is not None
    known = {place.name for place in reads()}
    return tuple(place for place in places(schema(), root) if place.name not in known)


@cache
def events() -> tuple[Place, ...]:
    """The subscriptions and what they show."""
    root = schema().subscription_type
    assert root is not None
    known = {place.name for place in reads()}
    return tuple(place for place in places(schema(), root) if place.name not in known)


def narrowings() -> Iterator[Place]:
    """Each field of each filter of a connection, where the connection stands at a place that can be reached."""
    seen: set[str] = set()
    for place in reads():
        owner, _, name = place.name.partition(".")
        type_: Any = schema().type_map[owner]
        field = type_.fields[name]
        if "filter" not in field.args:
            continue
        of: Any = get_named_type(field.args["filter"].type)
        if of.name in seen:
            continue
        seen.add(of.name)
        yield from _narrowed(place, of, get_named_type(field.type).name.removesuffix("Connection"))


def _narrowed(place: Place, of: GraphQLInputObjectType, about: str) -> Iterator[Place]:
    before, _, after = place.before.rpartition(")")
    for name, field in of.fields.items():
        said: Any = field.extensions.get(BACKREF)
        if not hasattr(said, "by"):
            continue
        inner: Any = get_named_type(field.type)
        value = "{}" if isinstance(inner, GraphQLInputObjectType) else literal(inner, about)
        if isinstance(inner, GraphQLInputObjectType) and "has" in inner.fields:
            value = "{has: " + literal(inner.fields["has"].type, about) + "}"
        keys = place.keys | set(of_filter_field(of.name, said))
        asked = f"{before}, filter: {{{name}: {value}}}){after}"
        yield Place(f"{of.name}.{name}", asked, place.behind, frozenset(keys))


def bearer(key_path: Path, role: Role, *, hours: float = 1) -> str:
    return issue(
        signing_key(key_path), subject="matrix", role=role.value, scope="ALL", branches=(), hours=hours
    )


async def ask(client: Client, token: str | None, document: str) -> httpx.Response:
    headers = {"accept": "application/graphql-response+json", "content-type": "application/json"}
    if token is not None:
        headers["authorization"] = f"Bearer {token}"
    return await client.posted("/graphql", json.dumps({"query": document}).encode(), headers)


def codes(response: httpx.Response) -> set[str]:
    return {error["extensions"]["code"] for error in response.json().get("errors", ())}


def right(response: httpx.Response, *, allowed: bool) -> bool:
    told = codes(response)
    if allowed:
        return not told & {"FORBIDDEN", "UNAUTHENTICATED", "INTERNAL", "BAD_REQUEST"}
    return told == {"FORBIDDEN"} and "data" not in response.json()


async def differing(client: Client, key_path: Path, root: str, asked: Any) -> list[str]:
    """The places that are not answered as the table says, and to whom.

    One document is asked by all roles in turn, so that what one of them made of it is there for the next: the plan of
    an administrator must not serve those who may less, nor their plan all that he may see.
    """
    tokens = {role: bearer(key_path, role) for role in Role}
    found = []
    for number, place in enumerate(asked):
        for role in FORTH_AND_BACK[number % 2]:
            response = await ask(client, tokens[role], place.document(root))
            if not right(response, allowed=place.may(role)):
                found.append(f"{role} {place.name} {place.document(root)}: {response.text[:300]}")
    return found


class TestTable:
    async def test_every_field_is_answered_as_it_says(self, client: Client, key_path: Path) -> None:
        assert await differing(client, key_path, READS, reads()) == []

    async def test_every_mutation_and_what_it_shows_is_answered_as_it_says(
        self, client: Client, key_path: Path
    ) -> None:
        assert await differing(client, key_path, WRITES, writes()) == []

    async def test_every_field_of_a_filter_is_answered_as_it_says(
        self, client: Client, key_path: Path
    ) -> None:
        assert await differing(client, key_path, READS, narrowings()) == []

    @pytest.mark.parametrize("role", list(Role))
    def test_every_subscription_is_started_as_it_says(self, role: Role) -> None:
        held = Documents(schema())
        for place in events():
            operation = held.operation(place.document("subscription"), None)

            try:
                held.plan(operation, NO_VALUES, Actor("matrix", role))
                told = True
            except Forbidden:
                told = False

            assert told == place.may(role), place.name

    async def test_without_a_token_or_with_an_expired_one_nothing_is_answered(
        self, client: Client, key_path: Path
    ) -> None:
        expired = bearer(key_path, Role.ADMIN, hours=-31 / 3600)

        for root, asked in ((READS, reads()), (WRITES, writes()), (READS, narrowings())):
            for place in asked:
                for token in (None, expired):
                    response = await ask(client, token, place.document(root))

                    assert (response.status_code, codes(response)) == (401, {"UNAUTHENTICATED"}), place.name
                    assert "data" not in response.json()


class TestReach:
    def test_every_type_that_has_an_entry_is_reached(self) -> None:
        reached = {place.name.partition(".")[0] for place in (*reads(), *writes())}

        assert {name for name, action, _ in TABLE if action is Action.READ} <= reached | BY_ROUTE

    def test_every_field_of_every_object_is_reached(self) -> None:
        reached = {place.name for place in (*reads(), *writes(), *events())}
        missing = [
            f"{type_.name}.{name}"
            for type_ in schema().type_map.values()
            if not type_.name.startswith("__")
            and hasattr(type_, "interfaces")
            and hasattr(type_, "is_type_of")
            for name in getattr(type_, "fields", {})
            if f"{type_.name}.{name}" not in reached
        ]

        assert missing == []

    def test_every_mutation_has_an_entry_that_is_not_everybodys(self) -> None:
        root = schema().mutation_type
        assert root is not None

        for name, field in root.fields.items():
            rights = getattr(field.extensions[BACKREF], "rights", ())
            assert rights, name
            assert all(TABLE[key] < frozenset(Role) for key in rights), name


class TestExpired:
    def test_the_expired_token_of_the_matrix_is_good_but_for_its_time(self, key_path: Path) -> None:
        with pytest.raises(BadToken, match="expired"):
            read(signing_key(key_path), bearer(key_path, Role.ADMIN, hours=-31 / 3600))
