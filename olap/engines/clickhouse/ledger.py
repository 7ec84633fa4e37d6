"""What a cube in ClickHouse says of itself: which tables are read, and up to where they hold the feed.

There are no transactions. A step is begun, which gives its rows their version; its rows are written; and it is done
with one insert of one row, which names the watermark. A step that was begun and never done is begun anew with a higher
version by whoever comes next, and reads the same changes again: rows that are written twice are the same rows.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any

from olap import watermark
from olap.engines.clickhouse.connect import Client
from olap.engines.clickhouse.tables import columns_of
from olap.watermark import EMPTY, Watermark

COLUMNS = ", ".join(["`done` UInt8", "`step` UInt64", "`generation` UInt64", *columns_of(watermark.table)])


@dataclass(frozen=True)
class State:
    """The tables of `generation` hold what the mark says. A cube never built: generation 0, EMPTY."""

    generation: int
    mark: Watermark


class Ledger:
    """The table `<name>.ledger`: the last step begun, and the last one done."""

    def __init__(self, client: Client, name: str, cluster: str | None) -> None:
        """The table stands."""
        self._client = client
        self._table = f"{name}.ledger"
        for statement in definition(name, cluster):
            client.command(statement)

    def state(self) -> State:
        """What the last step done has left."""
        names = [field.name for field in fields(Watermark)]
        found = self._client.query_arrow(
            f"SELECT generation, {', '.join(names)} FROM {self._table} WHERE done = 1"  # noqa: S608 (our own names)
        ).to_pylist()
        if not found:
            return State(0, EMPTY)
        (row,) = found
        return State(row.pop("generation"), Watermark(**row))

    def begin(self) -> int:
        """A step that is higher than any begun before."""
        ((last,),) = self._client.query(
            f"SELECT max(step) FROM {self._table}"  # noqa: S608 (our own names)
        ).result_rows
        step = int(last or 0) + 1
        self._write(0, step, State(0, EMPTY))
        return step

    def done(self, step: int, state: State) -> None:
        """What the step has written is what is read from now on."""
        self._write(1, step, state)

    def _write(self, done: int, step: int, state: State) -> None:
        told: dict[str, Any] = {
            "done": done,
            "step": step,
            "generation": state.generation,
            **asdict(state.mark),
        }
        self._client.insert(self._table, [list(told.values())], column_names=list(told))


def definition(name: str, cluster: str | None) -> list[str]:
    """The statements that make the ledger where there is none: on a cluster the whole of it on every server."""
    on = f" ON CLUSTER {cluster}" if cluster else ""
    everywhere = f"'/clickhouse/tables/{name}/ledger', '{{shard}}-{{replica}}', step"
    engine = f"ReplicatedReplacingMergeTree({everywhere})" if cluster else "ReplacingMergeTree(step)"
    return [
        f"CREATE DATABASE IF NOT EXISTS {name}{on}",
        f"CREATE TABLE IF NOT EXISTS {name}.ledger{on} ({COLUMNS}) ENGINE = {engine} ORDER BY done",
    ]
