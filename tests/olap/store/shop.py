"""A small shop in Postgres, written by SQL as any system may, and a cube of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from olap import source
from olap.difference import Difference
from olap.engines.duckdb import DuckDB
from olap.load import build
from olap.refresh import refresh
from olap.source import Connection
from olap.verify import compare
from olap.watermark import Watermark

SEED = """
    DELETE FROM calendar_days WHERE day NOT BETWEEN '1999-01-01' AND '2039-12-31';
    INSERT INTO branches (id, code, name, region, kind) VALUES
        (1, 'S1', 'Mapo', 'Seoul', 'SHOP'), (2, 'B1', 'Haeundae', 'Busan', 'SHOP');
    INSERT INTO users (id, subject, name, role) VALUES (1, 'kim', 'Kim', 'AGENT');
    INSERT INTO categories (id, parent_id, name) VALUES
        (1, NULL, 'Home'), (2, 1, 'Kitchen'), (3, 2, 'Cups'), (4, NULL, 'Garden');
    INSERT INTO products (id, code, name, category_id) VALUES
        (1, 'CUP', 'White cup', 3), (2, 'POT', 'Pot', 2), (3, 'HOE', 'Hoe', 4), (4, 'POST', 'Postage', NULL);
    INSERT INTO customers (id, name, country, region, district, gender, home_branch_id) VALUES
        (1, '이서연', 'KR', 'Seoul', 'Mapo', 'FEMALE', 1), (2, '박민준', 'KR', 'Busan', 'Haeundae', 'MALE', 2),
        (3, '최지우', 'KR', 'Seoul', 'Mapo', NULL, NULL);
    INSERT INTO orders (id, source_system, source_id, number, customer_id, branch_id, channel, ordered_at, currency)
    VALUES
        (1, 'erp', '1', '1', 1, 1, 'STORE', '2010-12-01 08:26+00', 'GBP'),
        (2, 'erp', '2', '2', 2, NULL, 'WEB', '2010-12-31 16:00+00', 'GBP'),
        (3, 'erp', '3', '3', NULL, 2, NULL, '2011-05-03 10:00+00', 'GBP'),
        (4, 'erp', '4', '4', 1, 1, 'MOBILE', '2011-05-03 10:00+00', 'KRW'),
        (5, 'erp', '5', '5', 3, NULL, 'WEB', '1931-01-01 00:00+00', 'GBP');
    INSERT INTO order_lines (id, order_id, position, kind, product_id, quantity, unit_price, discount, unit_cost)
    VALUES
        (1, 1, 1, 'SALE', 1, 6, 2.55, 0.30, 1.1111),
        (2, 1, 2, 'SALE', 2, 3, 0.001, 0, NULL),
        (3, 1, 3, 'RETURN', 1, -1, 2.55, 0, 1.1111),
        (4, 2, 1, 'SALE', 1, 10, 2.10, 0, 1.1111),
        (5, 3, 1, 'FREE', 3, 1.250, 0, 0, NULL),
        (6, 4, 1, 'SALE', 3, 2, 15000, 1000, 9000),
        (7, 5, 1, 'ADJUSTMENT', NULL, 1, -11062.06, 0, NULL);
    PERFORM setval(pg_get_serial_sequence(t, 'id'), 100)
    FROM unnest(ARRAY['branches', 'users', 'categories', 'products', 'customers', 'orders', 'order_lines']) AS t
"""
"""Orders with and without customer, in two currencies, of each kind; one before the calendar begins.

The calendar has a third of the days that it has elsewhere: each build, each opening and each comparison reads them all,
which took half of their time.
"""


class Shop:
    """Runs SQL on the database at `url`, each call in a transaction of its own."""

    def __init__(self, url: str, connection: "psycopg.Connection[tuple[Any, ...]]") -> None:
        self.url = url
        self._connection = connection

    def run(self, *statements: str) -> None:
        """The statements have run in one transaction."""
        self._connection.execute(_together(statements))

    def value(self, query: str) -> Any:
        """The one value of a query."""
        ((value,),) = self._connection.execute(query).fetchall()
        return value

    @contextmanager
    def unfinished(self, *statements: str, end: str = "COMMIT") -> Iterator[None]:
        """The statements have run in a transaction that is committed only at the end."""
        with psycopg.connect(self.url, autocommit=True) as other:
            other.execute("BEGIN")
            other.execute(_together(statements))
            yield
            other.execute(end)

    @contextmanager
    def undone(self, *statements: str) -> Iterator[None]:
        """The statements have run in a transaction that is rolled back at the end."""
        with self.unfinished(*statements, end="ROLLBACK"):
            yield


def _together(statements: Sequence[str]) -> str:
    """The statements as one, whose answers nobody wants."""
    return f"DO $body$ BEGIN {'; '.join(statements)}; END $body$"


def order(
    number: int, *, customer: int | None = 1, at: str = "2011-06-01 12:00+00", lines: Sequence[str] = ()
) -> str:
    """The statements that place an order with lines such as `(1, 'SALE', 1, 2, 3.50)`: position, kind, product,
    quantity, unit price."""
    valued = ", ".join(f"({number}, {line.strip('()')})" for line in lines or ["(1, 'SALE', 1, 2, 3.50)"])
    who = "NULL" if customer is None else customer
    return f"""
        INSERT INTO orders (id, source_system, source_id, number, customer_id, channel, ordered_at, currency)
        VALUES ({number}, 'erp', '{number}', '{number}', {who}, 'WEB', '{at}', 'GBP');
        INSERT INTO order_lines (order_id, position, kind, product_id, quantity, unit_price) VALUES {valued}
    """


class Cube:
    """A cube that is built, refreshed and compared by hand."""

    def __init__(self, engine: DuckDB, connection: Connection, mark: Watermark) -> None:
        self.engine = engine
        self.connection = connection
        self.mark = mark

    def rebuild(self) -> None:
        self.mark = build(self.engine, self.connection).watermark

    def refresh(self) -> None:
        with source.snapshot(self.connection):
            self.mark = refresh(self.engine, self.connection, self.mark)

    def differences(self, *, damage: str = "") -> tuple[Difference, ...]:
        """What a verification finds; after `damage` to the cube, which is undone."""
        with source.snapshot(self.connection), self.engine.reading() as cube:
            if damage:
                cube.execute(damage)
            return compare(cube, self.connection, self.mark).differences

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query that DuckDB itself reads: what is in the tables, whatever compiles requests."""
        with self.engine.reading() as cursor:
            return list(cursor.execute(query).fetchall())


@contextmanager
def connected(url: str) -> Iterator[Shop]:
    """The shop in this database. Not by ADBC, which asks for 50 ms of types when it connects."""
    with psycopg.connect(url, autocommit=True) as connection:
        yield Shop(url, connection)


@contextmanager
def open_shop(url: str) -> Iterator[Shop]:
    """The shop, in an empty database."""
    with connected(url) as opened:
        opened.run(SEED)
        yield opened


@contextmanager
def open_cube(url: str) -> Iterator[Cube]:
    """A cube of the database, just built, in memory."""
    with DuckDB(threads=1, memory_limit="512MB") as engine, source.connect(url) as connection:
        yield Cube(engine, connection, build(engine, connection).watermark)
