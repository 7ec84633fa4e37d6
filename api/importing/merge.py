"""Merging what is staged, in ranges of keys: one transaction each, of about a second."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from api.importing.progress import Phase, Step
from api.importing.staged import given_columns
from api.importing.work import Work
from domain.intake.branches import merge_branches
from domain.intake.company import settle_company
from domain.intake.connections import Connection, in_transaction
from domain.intake.counts import Counts, count_events
from domain.intake.customers import merge_customers
from domain.intake.erased import LeftOut, leave_out
from domain.intake.orders import merge_orders
from domain.intake.products import merge_products
from domain.intake.stages import refresh_stages
from domain.intake.staging import CUSTOMERS, LINES, PRODUCTS, TOUCHPOINTS, Range, ranges
from domain.intake.statistics import analyze
from domain.intake.touchpoints import merge_touchpoints

ROWS = 30_000
"""Staged rows a transaction: half a second. A longer one would hold back the feed of changes and other writers."""


MANY = 1_000
"""From so many new rows on, the statistics of their tables are taken anew."""


class MergeRange(Protocol):
    """One of the domain's merges of a range."""

    def __call__(
        self, connection: Connection, *, system: str, given: frozenset[str], within: Range, dry_run: bool
    ) -> Awaitable[Counts]: ...


@dataclass
class Merged:
    """What became of everything staged."""

    customers: Counts = field(default_factory=Counts)
    products: Counts = field(default_factory=Counts)
    orders: Counts = field(default_factory=Counts)
    touchpoints: Counts = field(default_factory=Counts)
    erased: LeftOut = field(default_factory=LeftOut)
    branches: int = 0
    events: int = 0


async def merge_all(work: Work) -> Merged:
    """Everything staged is in the store; in a dry run, it is known what would be."""
    merged = Merged()

    async def first(connection: Connection) -> tuple[int, int]:
        mapping = work.plan.mapping
        merged.erased = await leave_out(connection, system=mapping.system)
        if not work.dry_run:
            await settle_company(connection, time_zone=mapping.time_zone, currency=mapping.currency)
        made = await merge_branches(connection, kind=mapping.branch_kind, dry_run=work.dry_run)
        return made, await count_events(connection)

    merged.branches, merged.events = await in_transaction(work.connection, first, origin=work.origin)
    # What lines refer to comes before the lines.
    merged.customers = await _merge(work, merged, CUSTOMERS, merge_customers)
    merged.products = await _merge(work, merged, PRODUCTS, merge_products)
    await _analyze(work, {"customer": merged.customers, "product": merged.products})
    merged.orders = await _merge(work, merged, LINES, merge_orders)
    merged.touchpoints = await _merge(work, merged, TOUCHPOINTS, merge_touchpoints)
    await _analyze(work, {"order": merged.orders, "touchpoint": merged.touchpoints})
    if not work.dry_run:  # always: an import that was killed just before this is made whole by the next
        merged.events += await in_transaction(work.connection, _stages, origin=work.origin)
    return merged


async def _stages(connection: Connection) -> int:
    """How many events: one for each customer whom new orders, or the time, have moved to another stage."""
    await refresh_stages(connection, now=datetime.now(UTC))
    return await count_events(connection)


async def _analyze(work: Work, made: Mapping[str, Counts]) -> None:
    """The planner knows of what came by the thousands: else it would go by the empty tables of before."""
    grown = [aggregate for aggregate, counts in made.items() if counts.created >= MANY]
    if grown and not work.dry_run:
        async with work.connection.begin():
            await analyze(work.connection, grown)


_NAMES = {CUSTOMERS: "customers", PRODUCTS: "products", LINES: "orders", TOUCHPOINTS: "touchpoints"}


async def _merge(work: Work, merged: Merged, table: str, merge: MergeRange) -> Counts:
    async with work.connection.begin():
        parts = await ranges(work.connection, table, size=ROWS)
    given = given_columns(work.plan.mapping).get(table, frozenset())
    total, rows, counts = sum(part.rows for part in parts), 0, Counts()
    for part in parts:
        made, events = await in_transaction(
            work.connection, _one(work, merge, given, part), origin=work.origin
        )
        counts += made
        rows += part.rows
        merged.events += events
        work.progress(Step(Phase.MERGING, _NAMES[table], rows / total, rows))
    return counts


def _one(
    work: Work, merge: MergeRange, given: frozenset[str], part: Range
) -> Callable[[Connection], Awaitable[tuple[Counts, int]]]:
    async def merge_range(connection: Connection) -> tuple[Counts, int]:
        made = await merge(
            connection, system=work.plan.mapping.system, given=given, within=part, dry_run=work.dry_run
        )
        return made, await count_events(connection)

    return merge_range
