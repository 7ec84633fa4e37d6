"""Arrow tables into Postgres by COPY, with keys that follow those given out before."""

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from domain.base import Base
from domain.branches.model import Branch
from domain.cases.model import Case, CaseMove, CaseTouchpoint
from domain.consents.model import Consent
from domain.customers.model import ContactPoint, Customer, CustomerExternalId, CustomerVersion
from domain.households.model import Household, HouseholdMember
from domain.offers.model import Offer, OfferGrant, OfferGrantState
from domain.opportunities.model import Opportunity, OpportunityMove
from domain.orders.model import Order, OrderLine
from domain.orders.payment_model import Payment
from domain.orders.shipment_model import Shipment, ShipmentLine
from domain.points.model import PointsEntry
from domain.products.model import Category, Product, ProductExternalId, ProductVersion
from domain.products.stock_model import StockLevel, Warehouse
from domain.tasks.model import Task
from domain.touchpoints.model import Touchpoint
from domain.users.model import User, UserBranch

if TYPE_CHECKING:
    import asyncpg

    Connection = asyncpg.Connection[asyncpg.Record]
else:
    Connection = Any

MODELS: tuple[type[Base], ...] = (
    Branch,
    User,
    UserBranch,
    Category,
    Product,
    ProductExternalId,
    ProductVersion,
    Customer,
    CustomerExternalId,
    ContactPoint,
    CustomerVersion,
    Household,
    HouseholdMember,
    Order,
    OrderLine,
    Offer,
    OfferGrant,
    OfferGrantState,
    Touchpoint,
    PointsEntry,
    Consent,
    Case,
    CaseMove,
    CaseTouchpoint,
    Opportunity,
    OpportunityMove,
    Task,
    Warehouse,
    StockLevel,
    Payment,
    Shipment,
    ShipmentLine,
)
"""In the order in which they can be loaded."""

COLUMNS = {model.__tablename__: model.__table__.c for model in MODELS}

DATED = {
    "customer_versions": (
        "customer_id",
        "DELETE FROM customer_versions WHERE customer_id = ANY($1::bigint[])",
    ),
    "product_versions": ("product_id", "DELETE FROM product_versions WHERE product_id = ANY($1::bigint[])"),
}
"""Tables that triggers have filled with one version a row, whose it is, and how to make room for others."""

LAST_KEYS = """
    SELECT name, coalesce(pg_sequence_last_value(pg_get_serial_sequence(name, 'id')::regclass), 0) AS last
    FROM unnest($1::text[]) AS name
"""


async def last_keys(connection: Connection) -> dict[str, int]:
    """The last key that each table with keys of its own has given out; 0 before the first."""
    with_keys = [name for name, columns in COLUMNS.items() if "id" in columns and columns["id"].identity]
    return {row["name"]: row["last"] for row in await connection.fetch(LAST_KEYS, with_keys)}


def shift(name: str, table: pa.Table, bases: dict[str, int]) -> pa.Table:
    """The table with its keys, and those of the tables it refers to, counted on from `bases`."""
    for place, column in enumerate(table.column_names):
        base = bases[name] if column == "id" else bases.get(_referred(name, column), 0)
        if base:
            table = table.set_column(place, column, pa.compute.add(table[column], base))
    return table


def _referred(name: str, column: str) -> str:
    """The table whose key the column holds; "" for an ordinary column."""
    keys = COLUMNS[name][column].foreign_keys
    return next((key.column.table.name for key in keys if key.column.name == "id"), "")


async def make_room(connection: Connection, name: str, table: pa.Table) -> None:
    """Versions that triggers made are gone, for those whose dated versions come now."""
    if name in DATED:
        owner, delete = DATED[name]
        await connection.execute(delete, np.unique(table[owner].to_numpy()).tolist())


async def copy(connection: Connection, name: str, table: pa.Table) -> None:
    """The rows are in the store."""
    text = io.BytesIO()
    pa.csv.write_csv(table, text, pa.csv.WriteOptions(include_header=False))
    text.seek(0)
    await connection.copy_to_table(name, source=text, columns=table.column_names, format="csv")


async def advance(connection: Connection, name: str, table: pa.Table) -> None:
    """The next key that the store gives out comes after the loaded ones."""
    if "id" in table.column_names and table.num_rows:
        last = int(table["id"][-1].as_py())
        await connection.execute("SELECT setval(pg_get_serial_sequence($1, 'id'), $2)", name, last)
