"""Touchpoints as Arrow rows: each source fills the columns it knows, the rest is null."""

from typing import Any

import numpy as np
import pyarrow as pa

from domain.channels import Channel
from domain.demo import columns
from domain.demo.branches import CURRENCY
from domain.demo.draws import Ints
from domain.touchpoints.model import Direction, TouchpointKind

SCHEMA = pa.schema(
    {
        "source_system": pa.string(),
        "customer_id": pa.int64(),
        "visitor_id": pa.string(),
        "channel": pa.string(),
        "direction": pa.string(),
        "kind": pa.string(),
        "occurred_at": pa.timestamp("s", tz="UTC"),
        "duration_seconds": pa.int64(),
        "agent_id": pa.int64(),
        "branch_id": pa.int64(),
        "subject": pa.string(),
        "note": pa.string(),
        "topics": pa.string(),
        "sentiment": pa.int64(),
        "rating": pa.int64(),
        "outcome": pa.string(),
        "cost": pa.int64(),
        "currency": pa.string(),
        "order_id": pa.int64(),
        "offer_id": pa.int64(),
    }
)
"""Topics are written as a Postgres array: {배송,반품}."""

COST = {
    Channel.EMAIL: 5,
    Channel.SMS: 30,
    Channel.LETTER: 520,
    Channel.OUTBOUND_CALL: 900,
    Channel.SALES_VISIT: 35_000,
    Channel.SERVICE_VISIT: 25_000,
}
"""Won that one contact costs. Assumption, about what Korean senders charge."""


def rows(
    source: str,
    at: Ints,
    *,
    channel: "Channel | pa.Array",
    direction: Direction = Direction.INBOUND,
    kind: TouchpointKind = TouchpointKind.CONTACT,
    topics: "pa.Array | None" = None,
    **known: Any,
) -> pa.Table:
    """A table in SCHEMA; a `known` column is an Arrow array, or an array of indexes (-1 for null) for keys."""
    count = len(at)
    given: dict[str, Any] = {
        "source_system": columns.constant(source, count),
        "occurred_at": columns.moments(at),
        "channel": columns.constant(channel, count) if isinstance(channel, Channel) else channel,
        "direction": columns.constant(direction, count),
        "kind": columns.constant(kind, count),
        "topics": columns.constant("{}", count) if topics is None else columns.joined("{", topics, "}"),
        **_keys(known),
    }
    if isinstance(channel, Channel) and channel in COST and direction is Direction.OUTBOUND:
        given["cost"] = pa.array(np.full(count, COST[channel]))
        given["currency"] = columns.constant(CURRENCY, count)
    made = [given[name].cast(kind) if name in given else pa.nulls(count, kind) for name, kind in _types()]
    return pa.table(made, schema=SCHEMA)


def _types() -> list[tuple[str, Any]]:
    return [(field.name, field.type) for field in SCHEMA]


def _keys(known: dict[str, Any]) -> dict[str, Any]:
    """Indexes become keys; Arrow arrays stay."""
    return {
        name: columns.ids(column) if isinstance(column, np.ndarray) else column
        for name, column in known.items()
    }


def in_order(parts: list[pa.Table]) -> pa.Table:
    """All rows by time, numbered within their source: `source_id` counts from 1."""
    table = pa.concat_tables(parts).combine_chunks()
    moment = table["occurred_at"].cast(pa.int64()).to_numpy()
    table = table.take(pa.array(np.argsort(moment, kind="stable")))
    source = table["source_system"].combine_chunks().dictionary_encode()
    by_source = np.argsort(source.indices.to_numpy(), kind="stable")
    number = np.empty(len(moment), dtype=np.int64)
    sorted_source = source.indices.to_numpy()[by_source]
    starts = np.searchsorted(sorted_source, sorted_source, side="left")
    number[by_source] = np.arange(len(moment)) - starts + 1
    prefixed = columns.joined(table["source_system"].combine_chunks(), "-", columns.padded(number, 7))
    return table.add_column(1, "source_id", prefixed)
