"""Whether the demo company may go into a store: asked before its maker is loaded, and again once nobody can write."""

from typing import Any, Protocol

from domain.errors import Conflict
from domain.messages import say

MUST_BE_EMPTY = (
    "branches",
    "categories",
    "products",
    "customers",
    "orders",
    "offers",
    "touchpoints",
    "warehouses",
    "segments",
    "targets",
    "exchange_rates",
)


class Connection(Protocol):
    """What is asked of a connection of asyncpg."""

    async def fetchval(self, query: str, /) -> Any: ...


async def require_empty(connection: Connection) -> None:
    """The store holds no business data. Raises Conflict if it does."""
    for table in MUST_BE_EMPTY:
        count = await connection.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608  our own constants
        if count:
            raise Conflict(
                say(
                    "the store already holds data ({table}: {count:,}); the demo company goes only into an empty store",
                    count=count,
                    table=table,
                )
            )
