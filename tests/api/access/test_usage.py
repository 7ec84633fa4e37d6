"""Whether the system is used: calls are counted while they are answered, and added up by day, role and operation."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from api.backend import Backend
from api.usage import recorder
from api.usage.counted import MOST, Usage
from domain.access import Actor
from domain.db import read_pool
from domain.roles import Role
from domain.usage.model import CallKind
from domain.usage.writing import add_calls
from tests.api.access.conftest import Rows
from tests.api.graphql.asking import Api
from tests.api.mutations.asking import mutate

CALLS = """
    SELECT (SELECT subject FROM users WHERE users.id = user_id), role, client, kind, operation, calls, errors
    FROM usage_calls ORDER BY kind, operation, role, 1
"""
AGENT = Actor(subject="kim", role=Role.AGENT, user_id=1)
CUSTOMERS = (CallKind.QUERY, ("customers",))


async def counted(backend: Backend, rows: Rows) -> list[tuple[Any, ...]]:
    """What the store holds, once everything counted is written."""
    await recorder.flush(backend.usage, backend.reads)
    return await rows(CALLS)


class TestCalls:
    async def test_root_fields_are_counted_by_user_and_role(
        self, api: Api, backend: Backend, rows: Rows
    ) -> None:
        both = """
            { a: orders(first: 1) { nodes { id } } ...Rest __typename }
            fragment Rest on Query { customers(first: 2) { nodes { id } } ... { orders(first: 1) { nodes { id } } } }
        """
        await api.data("{ customers(first: 1) { nodes { id } } }", as_={"subject": "kim", "role": "AGENT"})
        await api.data("{ customers(first: 1) { nodes { id } } }", as_={"subject": "kim", "role": "AGENT"})
        await api.data("{ __schema { queryType { name } } }")
        await api.data(both)

        assert await counted(backend, rows) == [
            (None, "ADMIN", "PERSON", "QUERY", "customers", 1, 0),
            ("kim", "AGENT", "PERSON", "QUERY", "customers", 2, 0),
            (None, "ADMIN", "PERSON", "QUERY", "orders", 1, 0),
        ]

    async def test_what_is_refused_is_an_error_of_its_operation(
        self, api: Api, backend: Backend, rows: Rows
    ) -> None:
        viewer = {"role": "VIEWER"}
        await api.post('mutation { createCustomer(input: {name: "x"}) { userErrors { code } } }', as_=viewer)
        await api.post("{ customers(first: 100000) { nodes { id } } }")
        await api.post("{ nothing }")
        await mutate(api, "createCustomer", "customer { id }", {"name": ""})

        assert await counted(backend, rows) == [
            (None, "ADMIN", "PERSON", "MUTATION", "createCustomer", 1, 0),
            (None, "VIEWER", "PERSON", "MUTATION", "createCustomer", 1, 1),
            (None, "ADMIN", "PERSON", "QUERY", "customers", 1, 1),
        ]

    async def test_a_machine_is_told_from_people(self, api: Api, backend: Backend, rows: Rows) -> None:
        made = await mutate(api, "createMachineKey", "secret", {"name": "ERP", "role": "INTEGRATION"})
        headers = {"authorization": f"Bearer {made['secret']}"}
        await api.client.post("/graphql", json={"query": "{ viewer { role } }"}, headers=headers)

        assert (None, "INTEGRATION", "MACHINE", "QUERY", "viewer", 1, 0) in await counted(backend, rows)

    async def test_the_slicer_counts_cubes_and_endpoints_of_known_callers(
        self, api: Api, client: httpx.AsyncClient, backend: Backend, rows: Rows
    ) -> None:
        analyst = {"authorization": f"Bearer {api.token(subject='ana', role='ANALYST')}"}
        for path in ("cubes", "cube/sales/model", "cube/sales/model", "cube/no-such/model", "version"):
            await client.get(f"/slicer/{path}", headers=analyst)
        await client.get("/slicer/cube/sales/model")

        assert await counted(backend, rows) == [
            ("ana", "ANALYST", "PERSON", "CUBE", "cubes", 1, 0),
            ("ana", "ANALYST", "PERSON", "CUBE", "model", 1, 1),
            ("ana", "ANALYST", "PERSON", "CUBE", "sales/model", 2, 0),
        ]


class TestWriting:
    async def test_batches_add_up_on_the_business_day_on_which_they_began(
        self, backend: Backend, rows: Rows
    ) -> None:
        for since in ("2026-01-01 14:59:59+00:00", "2026-01-01 15:00:00+00:00", "2026-01-01 20:00:00+00:00"):
            usage = Usage()
            usage.count(AGENT, CUSTOMERS, failed=True, seconds=0.0125)
            usage.count(AGENT, CUSTOMERS, failed=False, seconds=0.5)
            await add_calls(backend.reads, usage.take().calls(), since=datetime.fromisoformat(since))

        assert await rows(
            "SELECT day::text, calls, errors, milliseconds::text FROM usage_calls ORDER BY 1"
        ) == [
            ("2026-01-01", 2, 1, "512.500"),
            ("2026-01-02", 4, 2, "1025.000"),
        ]

    async def test_users_that_are_none_any_more_are_counted_together(
        self, backend: Backend, rows: Rows
    ) -> None:
        for user_id in (77, 78, None):
            actor = Actor(subject="x", role=Role.VIEWER, user_id=user_id)
            backend.usage.count(actor, CUSTOMERS, failed=False, seconds=0)

        assert await counted(backend, rows) == [(None, "VIEWER", "PERSON", "QUERY", "customers", 3, 0)]

    async def test_a_day_is_told_to_the_star_once_for_all_its_rows(
        self, backend: Backend, rows: Rows
    ) -> None:
        names = (CallKind.QUERY, ("customers", "orders", "products"))
        backend.usage.count(AGENT, names, failed=False, seconds=0)
        since = datetime(2026, 5, 1, tzinfo=UTC)

        await add_calls(backend.reads, backend.usage.take().calls(), since=since)

        assert await rows("SELECT aggregate, aggregate_id FROM change WHERE aggregate = 'usage_day'") == [
            ("usage_day", 20260501)
        ]

    async def test_a_batch_that_cannot_be_written_is_written_later(
        self, backend: Backend, rows: Rows
    ) -> None:
        usage = Usage()
        usage.count(AGENT, CUSTOMERS, failed=False, seconds=0)
        await rows("ALTER TABLE usage_calls RENAME TO away")
        try:
            with pytest.raises(Exception, match="usage_calls"):
                await recorder.flush(usage, backend.reads)
        finally:
            await rows("ALTER TABLE away RENAME TO usage_calls")
        usage.count(AGENT, CUSTOMERS, failed=True, seconds=0)

        await recorder.flush(usage, backend.reads)

        assert await rows("SELECT calls, errors FROM usage_calls") == [(2, 1)]

    async def test_all_is_written_when_the_process_ends(self, backend: Backend, rows: Rows) -> None:
        usage = Usage()
        async with recorder.writing(usage, backend.reads):
            usage.count(AGENT, CUSTOMERS, failed=False, seconds=0)
            assert await rows("SELECT 1 FROM usage_calls") == []

        assert await rows("SELECT calls FROM usage_calls") == [(1,)]

    async def test_it_is_written_while_the_process_serves(self, backend: Backend, rows: Rows) -> None:
        usage = Usage()
        async with asyncio.timeout(60), recorder.writing(usage, backend.reads, every=0.01):
            usage.count(AGENT, CUSTOMERS, failed=False, seconds=0)
            while not await rows("SELECT 1 FROM usage_calls"):
                continue

    async def test_a_store_that_is_gone_ends_no_process(self, database: str) -> None:
        usage = Usage()
        usage.count(AGENT, CUSTOMERS, failed=False, seconds=0)
        pool = await read_pool(database, size=1)
        await pool.close()

        async with recorder.writing(usage, pool):
            pass

        assert [each.calls for each in usage.take().calls()] == [1]

    def test_a_batch_is_bounded(self) -> None:
        usage = Usage()
        for user_id in range(MOST + 5):
            usage.count(
                Actor(subject="x", role=Role.VIEWER, user_id=user_id), CUSTOMERS, failed=False, seconds=0
            )

        assert len(usage.take().calls()) == MOST
