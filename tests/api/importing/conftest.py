"""A shop's sales as files, and importing them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from api.importing.report import ImportReport
from api.importing.run import run_import
from tests.emptied import Emptied

SALES = """
entity = "orders"
system = "shop"

[company]
time_zone = "Asia/Seoul"
currency = "KRW"

[order]
id = "order"
ordered_at = "time"

[line]
quantity = "quantity"
unit_price = "price"

[customer]
id = "customer"
country = "country"

[product]
id = "product"
name = "title"
"""

HEADER = ("order", "time", "quantity", "price", "customer", "country", "product", "title")

ROWS = (
    ("1", "2026-03-01 10:00:00", "2", "1500", "C1", "Korea", "P1", "보이차"),
    ("1", "2026-03-01 10:00:00", "1", "900.5", "C1", "Korea", "P2", "Tea, green"),
    ("2", "2026-03-02 23:30:00", "-1", "900.5", "", "", "P2", 'The "best" tea'),
)
"""Three good rows of two orders."""

Import = Callable[..., Coroutine[Any, Any, ImportReport]]
Ask = Callable[[str], Awaitable[list[tuple[Any, ...]]]]


def csv_text(rows: Any = ROWS, header: tuple[str, ...] = HEADER) -> str:
    """The rows as CSV, each cell quoted where it must be."""
    quoted = [
        [f'"{c.replace(chr(34), chr(34) * 2)}"' if set(c) & set(',"\n') else c for c in row] for row in rows
    ]
    return "\n".join(",".join(row) for row in [header, *quoted]) + "\n"


@pytest.fixture
def database(shared_database: Emptied) -> Iterator[str]:
    """The URL of the database that tests share, emptied after each."""
    yield shared_database.url
    shared_database.empty()


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    """The mapping file of the sales."""
    path = tmp_path / "sales.toml"
    path.write_text(SALES, encoding="utf-8")
    return path


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    """The good rows in a CSV file."""
    path = tmp_path / "sales.csv"
    path.write_text(csv_text(), encoding="utf-8")
    return path


@pytest.fixture
def rejects(tmp_path: Path) -> Path:
    """Where rejected rows go."""
    return tmp_path / "sales.rejects.csv"


@pytest.fixture
def importing(database: str, mapping: Path, rejects: Path) -> Import:
    """Imports files by the mapping of the sales."""

    async def run(*paths: Path, **options: Any) -> ImportReport:
        return await run_import(database, mapping, paths, **{"rejects": rejects, **options})

    return run


@pytest.fixture
async def ask(database: str) -> AsyncIterator[Ask]:
    """Asks the store a question."""
    connection = await asyncpg.connect(database)

    async def fetch(sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await connection.fetch(sql)]

    yield fetch
    await connection.close()


LINES = """
    SELECT o.source_id, l.quantity::text, l.unit_price::text, p.code, p.name, x.external_id, c.country,
           to_char(o.ordered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')
    FROM order_lines l JOIN orders o ON o.id = l.order_id JOIN products p ON p.id = l.product_id
    LEFT JOIN customers c ON c.id = o.customer_id LEFT JOIN customer_external_ids x ON x.customer_id = c.id
    WHERE o.source_system = '{system}'
    ORDER BY o.source_id, l.position
"""

STORED = [
    ("1", "2.000", "1500.0000", "P1", "보이차", "C1", "Korea", "2026-03-01 01:00:00"),
    ("1", "1.000", "900.5000", "P2", 'The "best" tea', "C1", "Korea", "2026-03-01 01:00:00"),
    ("2", "-1.000", "900.5000", "P2", 'The "best" tea', None, None, "2026-03-02 14:30:00"),
]
"""What LINES shows of the three good rows."""
