"""Rows of others: every text in them is a canary, and none is ever seen, whatever is asked in whatever way."""

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from graphql import get_named_type
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.backend import Backend
from api.context import Call
from api.errors import ApiError, Refused
from api.graphql.documents import Documents
from api.graphql.execution import answer
from api.graphql.schema import schema
from api.slicer.access import row_filter_of
from domain.access import Actor
from domain.errors import DomainError
from domain.postgres import Server
from domain.roles import ApiScope, Role, Scope
from domain.selection import ids
from olap.serving import Serving
from olap.store import Store, open_store
from tests.api.access.canaries import CANARY, Seer, spread
from tests.api.access.conftest import answering
from tests.api.access.test_matrix import writes
from tests.api.graphql.conftest import COMPANY
from tests.api.graphql.random_documents import documents
from tests.api.served import Connections, connected

EVERYTHING = frozenset(ApiScope)


@dataclass(frozen=True)
class Case:
    """An actor, whom he sees as SQL says it, and the database in which all others carry canaries."""

    name: str
    actor: Actor
    seer: Seer
    counts: dict[str, str] = field(default_factory=dict)


OWN = Case(
    "own",
    Actor("kim", Role.AGENT, Scope.OWN, user_id=1),
    Seer("owner_id = 1", user_id=1),
    {
        "customers": "SELECT count(*) FROM customers WHERE owner_id = 1",
        "orders": "SELECT count(*) FROM orders LEFT JOIN customers c ON c.id = customer_id"
        " WHERE owner_id = 1 OR agent_id = 1",
        "touchpoints": "SELECT count(*) FROM touchpoints t LEFT JOIN customers c ON c.id = customer_id"
        " WHERE owner_id = 1 OR agent_id = 1",
    },
)
BRANCH = Case(
    "branch",
    Actor("gn", Role.MARKETER, Scope.BRANCH, user_id=2, branch_ids=frozenset({1})),
    Seer("home_branch_id = 1", user_id=2, branch_ids=(1,)),
    {
        "customers": "SELECT count(*) FROM customers WHERE home_branch_id = 1",
        "orders": "SELECT count(*) FROM orders o LEFT JOIN customers c ON c.id = customer_id"
        " WHERE home_branch_id = 1 OR branch_id = 1",
    },
)
MACHINE = Case(
    "machine",
    Actor(
        "0011223344556677",
        Role.INTEGRATION,
        Scope.BRANCH,
        branch_ids=frozenset({2}),
        machine=True,
        scopes=EVERYTHING,
    ),
    Seer("home_branch_id = 2", branch_ids=(2,)),
    {"customers": "SELECT count(*) FROM customers WHERE home_branch_id = 2"},
)
CASES = [OWN, BRANCH, MACHINE]


@pytest.fixture(scope="session", params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.fixture(scope="session")
def canaries(case: Case, server: Server, admin: Callable[[str], None], template: str) -> str:
    """The URL of the company in which all that the actor may not see is a canary."""
    name = f"leaks_{case.name}"
    admin(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    url = server.url(name)

    async def fill() -> None:
        connection = await asyncpg.connect(url)
        await connection.execute(COMPANY.read_text())
        assert len(await spread(connection, case.seer)) > 20
        await connection.close()

    asyncio.run(fill())
    return url


@pytest.fixture(scope="session")
async def connections(canaries: str) -> AsyncIterator[Connections]:
    """Those to that company."""
    async with connected(canaries, reads=4, commands=4) as opened:
        yield opened


@pytest.fixture
async def client(connections: Connections, key_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with answering(connections, key_path) as made:
        yield made


def shown(value: Any) -> Iterator[str]:
    """Every text in the answer, and what is inside cursors and ids."""
    match value:
        case dict():
            for each in value.values():
                yield from shown(each)
        case list():
            for each in value:
                yield from shown(each)
        case str():
            yield value
            try:
                yield base64.b64decode(value, validate=True).decode()
            except ValueError:
                return


@cache
def documents_held() -> Documents:
    """What is known of documents is one, as in a process that serves."""
    return Documents(schema())


async def asked(backend: Backend, case: Case, text: str, variables: dict[str, Any] | None = None) -> Any:
    """The answer, or what a refusal says; None where that may say what was given."""
    held = documents_held()
    try:
        call = Call(case.actor, idempotency_key="leaks" if case.actor.machine else None)
        body = await answer(held, held.operation(text, None), variables or {}, backend, call)
    except (ApiError, Refused, DomainError) as refused:
        given = text + json.dumps(variables, ensure_ascii=False)
        return None if CANARY in given else {"refused": str(refused)}
    return json.loads(body)


def leaks(told: Any) -> list[str]:
    return [each for each in shown(told) if CANARY in each]


class TestDocuments:
    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(data=st.data())
    async def test_random_ones_show_no_canary(
        self, backend: Backend, case: Case, data: st.DataObject
    ) -> None:
        asked_for = data.draw(documents(schema(), await known_cursors(backend, case)))

        told = await asked(backend, case, asked_for.text, asked_for.variables)

        assert leaks(told) == []

    async def test_whoever_sees_all_sees_them(self, backend: Backend, case: Case) -> None:
        told = await asked(
            backend,
            Case("all", Actor("ann", Role.ADMIN), case.seer),
            "{ customers(first: 100) { nodes { name } } }",
        )

        assert leaks(told)

    async def test_totals_count_what_may_be_seen(self, backend: Backend, case: Case) -> None:
        for root, statement in case.counts.items():
            told = await asked(backend, case, f"{{ {root}(first: 1) {{ totalCount }} }}")

            assert told["data"][root]["totalCount"] == await backend.reads.fetchval(statement), root


class TestIds:
    async def test_no_hidden_row_is_a_node(self, backend: Backend, case: Case) -> None:
        node: Any = schema().type_map["Node"]
        for type_ in schema().get_possible_types(node):
            document = (
                f"query($id: ID!) {{ node(id: $id) {{ id ... on {type_.name} {{ {_leaves(type_)} }} }} }}"
            )
            for key in range(1, 40):
                told = await asked(backend, case, document, {"id": ids.made(type_.name, key)})
                if "refused" in told:  # the role may not
                    break
                assert leaks(told) == [], type_.name

    async def test_timelines_of_visible_customers_show_nothing_of_others(
        self, backend: Backend, case: Case
    ) -> None:
        customer: Any = schema().type_map["Customer"]
        if "timeline" not in customer.fields:
            pytest.skip("no timeline yet")
        entry: Any = get_named_type(customer.fields["timeline"].type)
        union: Any = get_named_type(entry.fields["nodes"].type)
        parts = " ".join(
            f"... on {each.name} {{ {_leaves(each, prefix=each.name)} }}"
            for each in schema().get_possible_types(union)
        )

        told = await asked(
            backend,
            case,
            f"{{ customers(first: 20) {{ nodes {{ timeline(first: 50) {{ nodes {{ {parts} }} }} }} }} }}",
        )

        assert "data" in told
        assert leaks(told) == []


def _leaves(type_: Any, *, prefix: str = "") -> str:
    """Fields of text without arguments that everyone who reaches people may see."""
    names = [
        name
        for name, each in type_.fields.items()
        if not each.args and "String" in str(each.type) and not str(each.type).startswith("[")
    ]
    return " ".join(f"{prefix}{name}: {name}" for name in names) or "__typename"


class TestPayloads:
    async def test_no_mutation_about_a_hidden_row_answers_with_it(self, backend: Backend, case: Case) -> None:
        for place in writes():
            told = await asked(backend, case, place.document("mutation"))

            assert leaks(told) == [], place.document("mutation")


class TestWords:
    @pytest.mark.parametrize("field", ["name", "region", "district"])
    async def test_a_filter_cannot_guess_what_is_hidden(
        self, backend: Backend, case: Case, field: str
    ) -> None:
        told = await asked(
            backend,
            case,
            f'{{ customers(first: 9, filter: {{{field}: {{contains: "{CANARY}"}}}}) {{ totalCount }} '
            f'touchpoints(first: 9, filter: {{customer: {{{field}: {{contains: "{CANARY}"}}}}}}) {{ totalCount }} }}',
        )

        assert [each["totalCount"] for each in told["data"].values()] == [0, 0]


@pytest.fixture(scope="session")
def cube(canaries: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(canaries, tmp_path_factory.mktemp("cube") / "cube.duckdb") as store:
        yield store


@pytest.fixture
async def slicer(
    connections: Connections, key_path: Path, cube: Store, case: Case, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    """The Slicer, asked by the actor."""
    async with answering(connections, key_path, cube=Serving(cube)) as client:
        auth = client.app.state.backend.auth

        async def bearer(*_: Any) -> Actor:
            return case.actor

        monkeypatch.setattr(auth, "bearer", bearer)
        yield client


class TestSlicer:
    async def test_no_way_shows_a_canary(
        self, slicer: httpx.AsyncClient, backend_reads: Any, case: Case
    ) -> None:
        if case.actor.machine:
            assert (await slicer.get("/slicer/cube/sales/facts")).status_code == 403
            return
        model = (await slicer.get("/slicer/cube/sales/model")).json()
        names = [dimension["name"] for dimension in model["dimensions"]]
        seen = [await slicer.get("/slicer/cube/sales/facts")]
        for name in names:
            seen.append(await slicer.get(f"/slicer/cube/sales/members/{name}"))
            seen.append(await slicer.get("/slicer/cube/sales/aggregate", params={"drilldown": name}))
            seen.append(
                await slicer.get("/slicer/cube/sales/aggregate", params={"drilldown": name, "format": "csv"})
            )
            seen.append(
                await slicer.get(
                    "/slicer/cube/sales/aggregate",
                    params={"drilldown": name, "nulls": "include", "cut": f"!{name}:x"},
                )
            )
            seen.append(await slicer.get("/slicer/cube/sales/cell", params={"cut": f"{name}:{CANARY}"}))

        traits = await _traits_of_buyers(backend_reads, case)
        assert any(each.status_code == 200 for each in seen)
        for each in seen:
            shown_in = set(re.findall(f"{CANARY}-[a-z_0-9-]+", each.text))
            assert shown_in <= traits, each.url

    async def test_it_counts_what_may_be_seen(
        self, slicer: httpx.AsyncClient, backend_reads: Any, case: Case
    ) -> None:
        if case.actor.machine:
            return
        told = (await slicer.get("/slicer/cube/sales/aggregate", params={"aggregates": "lines"})).json()

        visible = row_filter_of(case.actor)
        condition = (
            "(o.agent_id = 1 OR c.owner_id = 1)"
            if visible.owner_id is not None
            else "(o.branch_id = 1 OR c.home_branch_id = 1)"
        )
        expected = await backend_reads.fetchval(
            "SELECT count(*) FROM order_lines l JOIN orders o ON o.id = l.order_id"
            f" LEFT JOIN customers c ON c.id = o.customer_id WHERE {condition}"
        )
        assert told["summary"]["lines"] == expected


async def _traits_of_buyers(connection: Any, case: Case) -> set[str]:
    """A visible sale shows the traits that its buyer had (region, gender, ...), though not who he was: whose branch
    sold, and who sold, may ask where the buyers come from, also those of other branches."""
    own = row_filter_of(case.actor).owner_id is not None
    sold = "o.agent_id = 1" if own else "o.branch_id = ANY($1::bigint[])"
    rows = await connection.fetch(
        f"SELECT v::text AS said FROM customer_versions v JOIN orders o USING (customer_id) WHERE {sold}",
        *([] if own else [list(case.seer.branch_ids)]),
    )
    return {each for row in rows for each in re.findall(f"{CANARY}-[a-z_0-9-]+", row["said"])}


@pytest.fixture
async def backend_reads(canaries: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(canaries)
    yield connection
    await connection.close()


_held: dict[str, dict[tuple[str, str, str], list[str]]] = {}


async def known_cursors(backend: Backend, case: Case) -> dict[tuple[str, str, str], list[str]]:
    """Those of the actor's company, asked for once."""
    if case.name not in _held:
        _held[case.name] = await others_cursors(backend)
    return _held[case.name]


async def others_cursors(backend: Backend) -> dict[tuple[str, str, str], list[str]]:
    """Cursors of rows that the actor may not see, which he may have been given."""
    found = {}
    for root, type_name in (("customers", "Customer"), ("orders", "Order"), ("touchpoints", "Touchpoint")):
        told = await asked(
            backend,
            Case("all", Actor("ann", Role.ADMIN), OWN.seer),
            f"{{ {root}(first: 5) {{ edges {{ cursor }} }} }}",
        )
        found[(type_name, "", "")] = [edge["cursor"] for edge in told["data"][root]["edges"]]
    return found
