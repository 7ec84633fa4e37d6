"""Eight writers on a few hot orders, a fifth of whose transactions abort."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.db import run

WRITERS = 8
STATEMENTS = (
    "UPDATE orders SET number = random() WHERE id = :id",
    "UPDATE order_lines SET unit_price = unit_price + 1 WHERE order_id = :id",
    (
        "INSERT INTO order_lines (order_id, position, kind, quantity, unit_price)"
        " SELECT id, 1000000000 * random(), 'SALE', 1, 1 FROM orders WHERE id = :id"
    ),
)


class GaveUp(Exception):
    """The writer changed its mind: its transaction aborts."""


@dataclass
class Done:
    """What the writers know to be committed: how many transactions touched each order, and how many were tried."""

    touched: Counter[int] = field(default_factory=Counter)
    tries: int = 0
    commits: int = 0
    aborts: int = 0


@dataclass(frozen=True)
class Writer:
    """One of the writers, with dice of its own."""

    engine: AsyncEngine
    orders: int
    dice: random.Random
    done: Done

    async def write(self, transactions: int) -> None:
        """So many transactions have committed or aborted, each on up to three orders.

        In the order of their ids: a deadlock would cost a second each, and is not what is tried here.
        """
        for _ in range(transactions):
            chosen = sorted(self.dice.sample(range(1, self.orders + 1), self.dice.randint(1, 3)))
            try:
                await run(
                    self.engine,
                    partial(self._change, orders=chosen),
                    origin="load",
                    tries=50,
                )
            except GaveUp:
                self.done.aborts += 1
            else:
                self.done.commits += 1
                self.done.touched.update(chosen)

    async def _change(self, session: AsyncSession, orders: list[int]) -> None:
        self.done.tries += 1
        if self.dice.random() < 0.3:  # an early transaction id makes a late writer
            await session.execute(text("SELECT pg_current_xact_id()"))
            await asyncio.sleep(self.dice.uniform(0, 0.004))
        for order in orders:
            await session.execute(text(self.dice.choice(STATEMENTS)), {"id": order})
        if self.dice.random() < 0.2:
            raise GaveUp


async def hot_orders(engine: AsyncEngine, *, orders: int, transactions: int, seed: int) -> Done:
    """Every writer has done its transactions; each order has at least one line and has been changed many times."""
    done = Done()
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO orders (source_system, source_id, number, ordered_at, currency)"
                " SELECT 'erp', n, n, now(), 'KRW' FROM generate_series(1, CAST(:orders AS int)) n"
            ),
            {"orders": orders},
        )
        await connection.execute(
            text(
                "INSERT INTO order_lines (order_id, position, kind, quantity, unit_price)"
                " SELECT id, 1, 'SALE', 1, 1 FROM orders"
            )
        )
    writers = [Writer(engine, orders, random.Random(f"{seed}/{n}"), done) for n in range(WRITERS)]
    await asyncio.gather(*(writer.write(transactions) for writer in writers))
    return done
