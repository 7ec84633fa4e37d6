"""The star as SQLAlchemy tables: the same names and columns in every engine and in the Postgres schema `mart`.

Keys join facts to dimensions; row 0 of every dimension is Unknown. Money is DECIMAL(19,4) from end to end.
"""

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Integer, MetaData, Numeric, Table, Text

metadata = MetaData()

MONEY = Numeric(19, 4)
QUANTITY = Numeric(15, 3)
TEXT = Text()
MOMENT = DateTime(timezone=True)

date = Table(
    "date",
    metadata,
    Column("date_key", Integer, primary_key=True),
    Column("on_date", Date),
    Column("year", Integer),
    Column("quarter", Integer),
    Column("month", Integer),
    Column("day", Integer),
    Column("iso_year", Integer),
    Column("iso_week", Integer),
    Column("weekday", Integer),
)

customer = Table(
    "customer",
    metadata,
    Column("customer_key", BigInteger, primary_key=True),
    Column("customer_id", BigInteger, nullable=False),
    Column("is_current", Boolean, nullable=False),
    Column("valid_from", MOMENT),
    Column("valid_to", MOMENT),
    Column("country", TEXT),
    Column("region", TEXT),
    Column("district", TEXT),
    Column("gender", TEXT),
    Column("occupation", TEXT),
    Column("wealth_band", TEXT),
    Column("owner_id", BigInteger),
    Column("home_branch_id", BigInteger),
)

product = Table(
    "product",
    metadata,
    Column("product_key", BigInteger, primary_key=True),
    Column("product_id", BigInteger, nullable=False),
    Column("is_current", Boolean, nullable=False),
    Column("valid_from", MOMENT),
    Column("valid_to", MOMENT),
    Column("department", TEXT),
    Column("category", TEXT),
    Column("subcategory", TEXT),
    Column("code", TEXT),
    Column("name", TEXT),
)

channel = Table(
    "channel",
    metadata,
    Column("channel_key", Integer, primary_key=True),
    Column("channel_group", TEXT),
    Column("channel", TEXT),
)

branch = Table(
    "branch",
    metadata,
    Column("branch_key", BigInteger, primary_key=True),
    Column("region", TEXT),
    Column("code", TEXT),
    Column("name", TEXT),
)

currency = Table(
    "currency",
    metadata,
    Column("currency_key", Integer, primary_key=True),
    Column("code", TEXT),
    Column("scale", Integer),
)

line_kind = Table(
    "line_kind", metadata, Column("line_kind_key", Integer, primary_key=True), Column("kind", TEXT)
)

known = Table("known", metadata, Column("known_key", Integer, primary_key=True), Column("known", TEXT))

sales = Table(
    "sales",
    metadata,
    Column("line_id", BigInteger, primary_key=True),
    Column("order_id", BigInteger, nullable=False),
    Column("date_key", Integer, nullable=False),
    Column("customer_key", BigInteger, nullable=False),
    Column("customer_id", BigInteger, nullable=False),
    Column("product_key", BigInteger, nullable=False),
    Column("channel_key", Integer, nullable=False),
    Column("branch_key", BigInteger, nullable=False),
    Column("currency_key", Integer, nullable=False),
    Column("line_kind_key", Integer, nullable=False),
    Column("known_key", Integer, nullable=False),
    Column("quantity", QUANTITY, nullable=False),
    Column("gross", MONEY, nullable=False),
    Column("discount", MONEY, nullable=False),
    Column("net_revenue", MONEY, nullable=False),
    Column("cost", MONEY),
    Column("margin", MONEY),
)
