"""A generated star of any size, made by DuckDB itself: seven years of orders of four lines, 2019 to 2025.

Its sizes follow the Star Schema Benchmark where that has one: 6 million lines at scale 1, members in fives (5 countries
of 5 regions of 10 districts; 5 departments of 5 categories of 40 subcategories; 25 branch regions of 10 branches). A
tenth of the customers moved in 2022 and has a row for each place. A column that this file does not know is null, or
nothing (0, '', false) where it may not be.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Boolean, Table, Text

from olap import source, star, watermark
from olap.engines import ledger
from olap.engines.duckdb import Cursor, DuckDB
from olap.rollups import kept as rollups

LINES_AN_ORDER = 4
DAYS = 2557
MOVED = 1096
"""The day of the move, 2022-01-01, counted from the first."""


@dataclass(frozen=True)
class Size:
    """How many rows; a member of each kind at least."""

    lines: int = 6_000_000
    customers: int = 200_000
    products: int = 200_000

    def times(self, scale: float) -> "Size":
        """The same star at another scale."""
        return Size(*(max(1000, int(each * scale)) for each in (self.lines, self.customers, self.products)))


# As the mart has them, of which a cube that follows a database reads them anew.
KINDS = "(0, NULL), (1, 'sale'), (2, 'free'), (3, 'return'), (4, 'cancellation'), (5, 'adjustment')"
CHANNELS = """
    (0, NULL, NULL), (1, 'shop', 'store'), (2, 'digital', 'web'), (3, 'digital', 'mobile'), (4, 'message', 'email'),
    (5, 'message', 'sms'), (6, 'message', 'chat'), (7, 'message', 'letter'), (8, 'call', 'inbound_call'),
    (9, 'call', 'outbound_call'), (10, 'visit', 'sales_visit'), (11, 'visit', 'service_visit')
"""

PLACE = {
    "district": "'District ' || place",
    "region": "'Region ' || place // 10",
    "country": "'Country ' || place // 50",
}
PERSON = {
    "gender": "CASE id % 2 WHEN 0 THEN 'female' ELSE 'male' END",
    "occupation": "'Job ' || id % 20",
    "wealth_band": "'Band ' || id % 5",
    "owner_id": "1 + id % 50",
    "home_branch_id": "1 + id % 250",
    "customer_id": "id",
}


def generate(engine: DuckDB, size: Size, *, mark: watermark.Watermark | None = None) -> None:
    """The star stands, filled, with its rollups. With a `mark` the file passes for the cube of that database."""
    engine.create_tables(star.metadata)
    with engine.transaction() as cursor:
        _small(cursor)
        _customers(cursor, size.customers)
        _products(cursor, size.products)
        _sales(cursor, size)
    with engine.transaction() as cursor:
        kept = rollups.build(cursor)
        if mark is not None:
            ledger.store(cursor, mark)
    engine.rollups = kept


def mark_of(url: str) -> watermark.Watermark:
    """What the cube of a migrated, empty database says that it holds; the database then has a branch.

    An event before the watermark is what proves to a cube that the feed still holds all after it.
    """
    with source.connect(url) as connection:
        source.execute(connection, "INSERT INTO branches (code, name, kind) VALUES ('B0', 'Bench', 'SHOP')")
        connection.commit()
        with source.snapshot(connection):
            return watermark.at(source.position(connection))


def _small(cursor: Cursor) -> None:
    day = f"SELECT DATE '2019-01-01' + CAST(i AS INTEGER) AS d FROM range({DAYS}) t(i)"
    _fill(cursor, star.date, {"date_key": "0"})
    _fill(
        cursor,
        star.date,
        {
            "date_key": "CAST(strftime(d, '%Y%m%d') AS INTEGER)",
            "on_date": "d",
            **{part: f"{part}(d)" for part in ("year", "quarter", "month", "day")},
            "iso_year": "isoyear(d)",
            "iso_week": "week(d)",
            "weekday": "isodow(d)",
        },
        day,
    )
    for table, columns, rows in (
        (star.line_kind, ("line_kind_key", "kind"), KINDS),
        (star.known, ("known_key", "known"), "(0, 'no'), (1, 'yes')"),
        (star.currency, ("currency_key", "code"), "(0, NULL), (410, 'KRW')"),
        (star.channel, ("channel_key", "channel_group", "channel"), CHANNELS),
    ):
        named = ", ".join(columns)
        _fill(
            cursor,
            table,
            dict(zip(columns, columns, strict=True)),
            f"SELECT * FROM (VALUES {rows}) t({named})",
        )
    _fill(cursor, star.branch, {"branch_key": "0"})
    branch = {
        "branch_key": "i",
        "region": "'Area ' || (i - 1) // 10",
        "code": "'B' || i",
        "name": "'Branch ' || i",
    }
    _fill(cursor, star.branch, branch, "SELECT i FROM range(1, 251) t(i)")


def _customers(cursor: Cursor, count: int) -> None:
    moved = "TIMESTAMPTZ '2022-01-01 00:00:00+00'"
    opened = "TIMESTAMPTZ '2010-01-01 00:00:00+00'"
    here = f"SELECT i AS id, hash(i) % 250 AS place FROM range(1, {count + 1}) t(i)"
    before = f"SELECT i AS id, hash(i, 1) % 250 AS place FROM range(10, {count + 1}, 10) t(i)"
    _fill(cursor, star.customer, {"customer_key": "0", "customer_id": "0", "is_current": "true"})
    now = {
        "customer_key": "id",
        "is_current": "true",
        "valid_from": f"CASE WHEN id % 10 = 0 THEN {moved} ELSE {opened} END",
    }
    _fill(cursor, star.customer, {**PERSON, **PLACE, **now}, here)
    then = {
        "customer_key": f"{count} + id",
        "is_current": "false",
        "valid_from": opened,
        "valid_to": moved,
    }
    _fill(cursor, star.customer, {**PERSON, **PLACE, **then}, before)


def _products(cursor: Cursor, count: int) -> None:
    _fill(cursor, star.product, {"product_key": "0", "product_id": "0", "is_current": "true"})
    columns = {
        "product_key": "i",
        "product_id": "i",
        "is_current": "true",
        "valid_from": "TIMESTAMPTZ '2010-01-01 00:00:00+00'",
        "department": "'Department ' || i % 1000 // 200",
        "category": "'Category ' || i % 1000 // 40",
        "subcategory": "'Subcategory ' || printf('%03d', i % 1000)",
        "code": "'P' || i",
        "name": "'Product ' || i",
    }
    _fill(cursor, star.product, columns, f"SELECT i FROM range(1, {count + 1}) t(i)")


def _sales(cursor: Cursor, size: Size) -> None:
    orders = size.lines // LINES_AN_ORDER
    placed = f"""
        SELECT i AS o, CAST(i * {DAYS} // {orders} AS INTEGER) AS d, hash(i) % 5 < 4 AS known,
               1 + CAST(floor({size.customers} * pow((hash(i, 2) % 1000003) / 1000003.0, 1.5)) AS BIGINT) AS buyer,
               1 + hash(i, 3) % 11 AS channel, 1 + hash(i, 4) % 250 AS branch
        FROM range({orders}) t(i)
    """
    priced = f"""
        SELECT *, 1 + hash(o, p) % 50 AS q, hash(o, p, 1) % 11 AS off, hash(o, p, 2) % 20 AS dice,
               CAST(100 * (1 + hash(o, p, 3) % 2000) AS DECIMAL(19, 4)) AS price, hash(o, p, 4) AS what
        FROM ({placed}), range({LINES_AN_ORDER}) l(p)
    """
    gross, taken, cost = "CAST(q AS DECIMAL(15, 3)) * price", "price * q * off / 100", "price * q * 0.6"
    columns = {
        "line_id": f"1 + o * {LINES_AN_ORDER} + p",
        "order_id": "1 + o",
        "date_key": "CAST(strftime(DATE '2019-01-01' + d, '%Y%m%d') AS INTEGER)",
        "customer_key": f"CASE WHEN NOT known THEN 0 WHEN buyer % 10 = 0 AND d < {MOVED}"
        f" THEN {size.customers} + buyer ELSE buyer END",
        "customer_id": "CASE WHEN known THEN buyer ELSE 0 END",
        "product_key": f"1 + what % {size.products}",
        "channel_key": "channel",
        "branch_key": "branch",
        "currency_key": "410",
        "line_kind_key": "CASE dice WHEN 0 THEN 3 WHEN 1 THEN 2 ELSE 1 END",
        "known_key": "CAST(known AS INTEGER)",
        "quantity": "q",
        "gross": gross,
        "discount": taken,
        "net_revenue": f"{gross} - {taken}",
        "cost": f"CASE WHEN dice < 18 THEN {cost} END",
        "margin": f"CASE WHEN dice < 18 THEN {gross} - {taken} - {cost} END",
    }
    _fill(cursor, star.sales, columns, priced)


def _fill(cursor: Cursor, table: Table, columns: Mapping[str, str], rows: str = "SELECT 1") -> None:
    """The table has one row more for each of `rows`, of these expressions over it."""
    named = {name: text for name, text in columns.items() if name in table.c}
    for column in table.columns:
        if not column.nullable and column.name not in named:
            named[column.name] = _nothing(table, column.name)
    names = ", ".join(f'"{name}"' for name in named)
    cursor.execute(f'INSERT INTO "{table.name}" ({names}) SELECT {", ".join(named.values())} FROM ({rows})')


def _nothing(table: Table, column: str) -> str:
    kind = table.c[column].type
    return "''" if isinstance(kind, Text) else "false" if isinstance(kind, Boolean) else "0"
