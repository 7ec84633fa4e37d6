"""Pages in the order of arrival are read from an index, also after a cursor and from the end."""

import pytest

from api.backend import Backend
from api.graphql.documents import Documents
from api.graphql.schema import schema
from domain.access import SYSTEM
from tests.api.graphql.asking import Api

PAGE = """query ($after: String) { %s(%s: 5, after: $after, orderBy: {field: CREATED_AT, direction: %s}) {
    nodes { id } pageInfo { endCursor } } }"""


@pytest.mark.parametrize("table", ["customers", "orders", "touchpoints"])
@pytest.mark.parametrize(("window", "direction"), [("first", "DESC"), ("first", "ASC"), ("last", "DESC")])
async def test_the_index_of_arrival_has_the_pages_order(
    api: Api, backend: Backend, table: str, window: str, direction: str
) -> None:
    document = PAGE % (table, window, direction)
    cursor = (await api.data(document))[table]["pageInfo"]["endCursor"]
    held = Documents(schema())
    operation = held.operation(document, None)
    values = held.values(operation, {"after": cursor})
    statement = held.plan(operation, values, SYSTEM).statement
    assert statement is not None, "a page is planned"

    async with backend.reads.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        rows = await connection.fetch(f"EXPLAIN {statement.sql}", *statement.bound(values.coerced, SYSTEM))

    told = "\n".join(row[0] for row in rows)
    assert f"ix_{table}_created_at_id" in told
    assert "Index Cond: (ROW(created_at, id)" in told
