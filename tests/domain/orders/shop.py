"""What tests of orders say often."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import SYSTEM, Actor
from domain.orders.commands import create_order
from domain.orders.lines import NewLine
from domain.roles import Role, Scope

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHOP = (
    "INSERT INTO branches (id, code, name, kind) VALUES (1, 'S1', 'a', 'SHOP'), (2, 'S2', 'b', 'SHOP')",
    """INSERT INTO users (id, subject, name, role, active) VALUES
       (1, 'kim', 'k', 'AGENT', true), (2, 'lee', 'l', 'AGENT', true), (3, 'old', 'o', 'AGENT', false)""",
    "INSERT INTO customers (id, name, owner_id, home_branch_id) VALUES (1, 'a', 1, 1), (2, 'b', 2, 2)",
    """INSERT INTO products (id, code, name, unit_cost, currency) VALUES (1, 'TEA', '녹차', 1200.5, 'KRW'),
       (2, 'CUP', '컵', 2, 'GBP'), (3, 'BAG', '봉투', NULL, NULL), (4, 'POT', '주전자', 9000, 'KRW')""",
    "INSERT INTO warehouses (id, code, name) VALUES (1, 'W', '창고')",
)
KIM = Actor(subject="kim", role=Role.AGENT, scope=Scope.OWN, user_id=1)
SHOPKEEPER = Actor(subject="shop", role=Role.AGENT, scope=Scope.BRANCH, user_id=2, branch_ids=frozenset({2}))

Rows = Callable[[str], Awaitable[list[tuple[Any, ...]]]]


def line(product: int | None = 1, quantity: str = "3", price: str = "1000", **more: Any) -> NewLine:
    """A line of the product 1, three of it at 1,000, unless it says otherwise."""
    given: dict[str, Any] = {name: each if name == "kind" else Decimal(each) for name, each in more.items()}
    return NewLine(product_id=product, quantity=Decimal(quantity), unit_price=Decimal(price), **given)


async def placed(session: AsyncSession, *lines: NewLine, actor: Actor = SYSTEM, **details: Any) -> int:
    """The key of an order in won with these lines, of the customer 1."""
    told: Any = {"customer_id": 1, **details, "lines": lines or [line()]}
    return await create_order(session, "KRW", details=told, actor=actor, now=NOW)
