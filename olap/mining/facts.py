"""A copy of what mining reads of the star, at one moment, for whoever does not own the cube's file.

It lies in a file of its own, so that memory is bounded however many lines there are, and is gone afterwards.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import MetaData, Table

from olap import source, star
from olap.dialect import DIALECT
from olap.engines.duckdb import DuckDB, append
from olap.engines.tables import create_table

Wanted = Mapping[Table, tuple[str, ...]]

OF_RFM: Wanted = {
    star.date: ("date_key", "on_date"),
    star.currency: ("currency_key", "code"),
    star.line_kind: ("line_kind_key", "kind"),
    star.customer: ("customer_id", "is_current"),
    star.sales: ("order_id", "customer_id", "date_key", "currency_key", "line_kind_key", "net_revenue"),
}

_OF_CUSTOMERS = (
    *("customer_id", "is_current", "erased", "home_branch_id", "owner_id", "lifecycle_stage"),
    *("age", "attributes", "rfm"),
    *("kind", "gender", "country", "region", "district", "occupation", "wealth_band", "acquired_channel"),
    *("has_email", "has_phone"),
    *("marketing", "night_marketing", "personalisation", "survey", "third_party"),
)

OF_SEGMENTS: Wanted = {
    star.currency: OF_RFM[star.currency],
    star.line_kind: OF_RFM[star.line_kind],
    star.customer: _OF_CUSTOMERS,
    star.sales: (*OF_RFM[star.sales], "product_key"),
    star.product: ("product_key", "product_id", "is_current", "categories"),
    star.channel: ("channel_key", "channel"),
    star.table_of("touchpoints"): ("customer_id", "date_key", "channel_key", "kind"),
}


@contextmanager
def facts_of(database_url: str, wanted: Wanted = OF_RFM, *, memory_limit: str = "2GB") -> Iterator[DuckDB]:
    """An engine with the sales of this moment, read from the mart: only the columns that mining reads.

    Each table is streamed once; all are of one snapshot.
    """
    with (
        tempfile.TemporaryDirectory(prefix="dangol-mining-") as folder,
        DuckDB(Path(folder) / "facts.duckdb", memory_limit=memory_limit) as engine,
    ):
        with source.connect(database_url) as connection, source.snapshot(connection):
            source.execute(connection, "SET LOCAL enable_nestloop = off")
            for table, names in wanted.items():
                _copy(engine, connection, _narrowed(table, names))
        yield engine


def _narrowed(table: Table, names: tuple[str, ...]) -> Table:
    columns = [
        column._copy()  # noqa: SLF001  # SQLAlchemy's public `copy` went in 2.0
        for column in table.columns
        if column.name in names
    ]
    return Table(table.name, MetaData(), *columns)


def _copy(engine: DuckDB, connection: source.Connection, table: Table) -> None:
    with engine.transaction() as cursor, source.stream(connection, source.view(table)) as reader:
        cursor.execute(create_table(table, DIALECT))
        append(cursor, table, reader)
