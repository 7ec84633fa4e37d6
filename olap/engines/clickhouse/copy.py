"""The cube in ClickHouse as a copy of the mart: built, refreshed, and read where the ledger says.

A build fills tables in a database of its own, `<name>_<step>`, and is read once the ledger names it: all at once. A
refresh replaces rows in place. Each table's rows change together; between the tables of one refresh a reader may see
the new rows of one and the old ones of another for as long as the refresh writes. New members come before the facts
that point to them and old ones go after, so that no fact is ever without its members. The watermark is written last.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
from sqlalchemy import Table

from olap import changes, mart, monthly, source, star, watermark
from olap.changes import BULK, CannotFollow
from olap.difference import VerifyReport
from olap.engines.clickhouse.engine import ClickHouse
from olap.engines.clickhouse.held import moved_roots, roots_of, rows_of
from olap.engines.clickhouse.ledger import Ledger, State
from olap.engines.clickhouse.rows import append
from olap.engines.clickhouse.tables import create_table
from olap.engines.duckdb import DuckDB
from olap.progress import BuildReport, Progress, Step, silent
from olap.rollups import kept as rollups
from olap.source import Connection
from olap.verify import compare
from olap.watermark import Watermark


class Copy:
    """The one writer of the cube `name` in ClickHouse."""

    def __init__(self, engine: ClickHouse, name: str) -> None:
        self._engine = engine
        self._name = name
        self._ledger = Ledger(engine.writing, name, engine.cluster)
        self._state = self._ledger.state()
        self._read()

    def stored(self) -> Watermark:
        """What the ledger says; EMPTY of a cube never built."""
        return self._state.mark

    def find(self) -> None:
        """Its tables are read since it was opened."""

    def build(self, connection: Connection, progress: Progress = silent) -> BuildReport:
        """The cube holds exactly the mart of one moment; readers see the old tables until the end. Memory is bounded
        by the batches."""
        begun = time.monotonic()
        step = self._ledger.begin()
        with source.snapshot(connection):
            source.execute(connection, "SET LOCAL enable_nestloop = off")
            mark = watermark.at(source.position(connection))
            self._create(f"{self._name}_{step}")
            rows = {
                table.name: self._fill(connection, table, step, progress)
                for table in star.metadata.sorted_tables
            }
        before = self._state.generation
        self._done(step, State(step, mark))
        self._drop_all_but({step, before})
        return BuildReport(rows=rows, seconds=time.monotonic() - begun, watermark=mark)

    def refresh(
        self, connection: Connection, mark: Watermark, *, views: Sequence[str] = ("changes",)
    ) -> Watermark:
        """The cube holds all changes that the connection's snapshot shows; its new watermark, which is stored.

        Raises CannotFollow, and changes nothing, where only a build will do.
        """
        found = watermark.at(source.position(connection))
        reason = watermark.reason_to_rebuild(mark, found)
        if reason is not None:
            raise CannotFollow(reason)
        if monthly.turned(mark, found):
            raise CannotFollow("a month began, in which everybody has rows")
        most = self._most()
        changed = {
            **changes.since(connection, mark, most=most, views=views),
            **changes.silent(mark, found),
        }
        client = self._engine.writing
        due = {fact.name: roots_of(client, connection, fact, changed) for fact in star.FACTS}
        members = [
            self._replaced(connection, table, roots_of(client, connection, table, changed))
            for table in star.DIMENSIONS
        ]
        moved = [each.moved(self._engine) for each in members if each is not None]
        facts = []
        for fact in star.FACTS:
            roots = due[fact.name].union(*(each.get(fact.name, frozenset()) for each in moved))
            if len(roots) > most:
                raise CannotFollow(
                    f"the rows of {fact.name} moved for more than {most} of what they belong to"
                )
            facts.append(self._replaced(connection, fact, roots))
        self._write([each for each in members if each], [each for each in facts if each], found)
        return found

    def renew_fixed(self, connection: Connection) -> None:
        """The dimensions without events are as the mart has them now."""
        step = self._ledger.begin()
        for table in star.FIXED:
            Replaced(
                table,
                was=self._engine.writing.query_arrow(f"SELECT {_names(table)} FROM `{table.name}`"),  # noqa: S608
                becomes=source.read(connection, source.view(table)),
            ).write(self._engine, self._database, step)

    def level(
        self, connection: Connection, mark: Watermark, stack: ExitStack
    ) -> tuple[Watermark, Callable[[], VerifyReport]]:
        """It holds all that the connection's snapshot shows: its watermark, and what compares the two.

        There is no snapshot of a ClickHouse to compare: all rows are brought here, into a file of DuckDB's, now.
        """
        found = self.refresh(connection, mark, views=("changes", "unsettled"))
        folder = stack.enter_context(TemporaryDirectory(prefix="dangol-verify-"))
        here = stack.enter_context(DuckDB(Path(folder) / "cube.duckdb"))
        here.create_tables(star.metadata)
        for table in star.metadata.sorted_tables:
            query = f"SELECT {_names(table)} FROM `{table.name}`"  # noqa: S608 (our own names)
            with self._engine.writing.query_arrow_stream(query) as blocks:
                for block in blocks:
                    here.insert(table, pa.Table.from_batches([block]))
        with here.transaction() as cursor:
            rollups.build(cursor)
        cube = stack.enter_context(here.reading())
        return found, lambda: compare(cube, connection, found)

    def _write(self, members: "list[Replaced]", facts: "list[Replaced]", mark: Watermark) -> None:
        step = self._ledger.begin()
        for each in members:
            each.add(self._engine, self._database, step)
        for each in facts:
            each.write(self._engine, self._database, step)
        for each in members:
            each.take_away(self._engine, self._database, step)
        self._done(step, State(self._state.generation, mark))

    def _done(self, step: int, state: State) -> None:
        self._ledger.done(step, state)
        self._state = state
        self._read()

    def _read(self) -> None:
        """What is asked from now on is asked of the tables that stand."""
        if self._state.generation:
            self._engine.writing.database = self._database
            self._engine.read_from(self._database)

    @property
    def _database(self) -> str:
        return f"{self._name}_{self._state.generation}"

    def _replaced(self, connection: Connection, table: Table, roots: frozenset[int]) -> "Replaced | None":
        """The rows of what changed, as they are here and as they become."""
        if not roots:
            return None
        root = mart.heads()[table.name].root
        assert root is not None
        found = source.read(connection, source.of_roots(table, roots))
        return Replaced(table, was=rows_of(self._engine.writing, table, root, roots), becomes=found)

    def _most(self) -> int:
        """Beyond this many changes a rebuild is sooner done."""
        counts = " + ".join(f"(SELECT count() FROM `{fact.name}`)" for fact in star.FACTS)  # noqa: S608 (our own names)
        ((rows,),) = self._engine.writing.query(f"SELECT {counts}").result_rows
        return max(BULK, int(rows) // 100)

    def _create(self, database: str) -> None:
        on = f" ON CLUSTER {self._engine.cluster}" if self._engine.cluster else ""
        command = self._engine.writing.command
        command(f"CREATE DATABASE {database}{on}", use_database=False)
        for table in star.metadata.sorted_tables:
            for statement in create_table(table, database, cluster=self._engine.cluster):
                command(statement, use_database=False)

    def _fill(self, connection: Connection, table: Table, step: int, progress: Progress) -> int:
        """The table of the step's database has all rows of its view; how many."""
        database, rows = f"{self._name}_{step}", 0
        expected = source.expected_rows(connection, table.name)
        progress(Step(table.name, rows, expected))
        with source.stream(connection, source.view(table)) as reader:
            for batch in reader:
                found = pa.Table.from_batches([batch])
                append(self._engine.writing, table, found, database=database, version=step)
                rows += batch.num_rows
                progress(Step(table.name, rows, max(expected, rows)))
        return rows

    def _drop_all_but(self, kept: set[int]) -> None:
        """Tables of older builds, and of builds that were never done, are gone; the last ones stay for whoever still
        reads them."""
        client = self._engine.writing
        on = f" ON CLUSTER {self._engine.cluster}" if self._engine.cluster else ""
        stands = {f"{self._name}_{step}" for step in kept}
        found = client.query("SELECT name FROM system.databases").result_rows
        for (name,) in found:
            step = name.removeprefix(f"{self._name}_")
            if name != step and step.isdigit() and name not in stands:
                client.command(f"DROP DATABASE {name}{on}")


@dataclass(frozen=True)
class Replaced:
    """Rows that belong to what changed: as the cube has them, and as they become."""

    table: Table
    was: pa.Table
    becomes: pa.Table

    def moved(self, engine: ClickHouse) -> Mapping[str, frozenset[int]]:
        """By fact, whatever of it points to other versions of these members than before."""
        if not star.is_dated(self.table):
            return {}
        return moved_roots(engine.writing, self.table, self.was, self.becomes)

    def write(self, engine: ClickHouse, database: str, step: int) -> None:
        """The new rows are there and the old ones are not, all at once."""
        append(engine.writing, self.table, self.becomes, database=database, version=step, gone=self._gone())

    def add(self, engine: ClickHouse, database: str, step: int) -> None:
        """The new rows are there, beside old ones with other keys."""
        append(engine.writing, self.table, self.becomes, database=database, version=step)

    def take_away(self, engine: ClickHouse, database: str, step: int) -> None:
        """The old ones are not there any more."""
        nothing = self.becomes.slice(0, 0)
        append(engine.writing, self.table, nothing, database=database, version=step, gone=self._gone())

    def _gone(self) -> pa.Table:
        (key,) = self.table.primary_key.columns.keys()
        kept: set[Any] = set(self.becomes.column(key).to_pylist())
        return self.was.filter(
            pa.array([value not in kept for value in self.was.column(key).to_pylist()], pa.bool_())
        )


def _names(table: Table) -> str:
    return ", ".join(f"`{name}`" for name in table.columns.keys())  # noqa: SIM118 (columns iterate as columns)
