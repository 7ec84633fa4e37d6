"""A shop's customers, products and people, in a transaction that is rolled back."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.domain.orders.shop import SHOP


@pytest.fixture
async def shop(session: AsyncSession) -> AsyncSession:
    """A session on a shop with two customers and four products."""
    for statement in SHOP:
        await session.execute(text(statement))
    return session


@pytest.fixture
def rows(shop: AsyncSession) -> Any:
    """What stands in the store: `await rows("SELECT ...")`."""

    async def fetch(query: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await shop.execute(text(query))]

    return fetch
