"""Tables of warehouses and of what lies in them, as SCM last said."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Boolean, Date, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from domain.base import QUANTITY, Base, Root, plain, sane_time


class Warehouse(Root, Base):
    """A place that holds stock; of a branch where the branch keeps it."""

    __tablename__ = "warehouses"

    code: Mapped[str] = plain(unique=True)
    name: Mapped[str] = plain()
    branch_id: Mapped[int | None] = plain(ForeignKey("branches.id"))
    active: Mapped[bool] = plain(Boolean, server_default=text("true"))


class StockLevel(Root, Base):
    """How much of a product a warehouse held at `as_of`: the latest as_of wins. Below zero is owed to somebody.

    A root of its own and no part of the product: stock moves all day, and an event of it must neither change the
    version that somebody edits the product with nor have the cube read the product again.
    """

    __tablename__ = "stock_levels"
    __table_args__ = (
        UniqueConstraint("product_id", "warehouse_id"),
        Index(None, "warehouse_id", "quantity", "id"),
        sane_time("as_of"),
    )

    product_id: Mapped[int] = plain(ForeignKey("products.id", ondelete="CASCADE"))
    warehouse_id: Mapped[int] = plain(ForeignKey("warehouses.id"))
    quantity: Mapped[Decimal] = plain(QUANTITY)
    as_of: Mapped[datetime] = plain()
    source_system: Mapped[str] = plain()


class StockDay(Base):
    """The last that was told of a stock level on a day of the company's calendar. A trigger writes it."""

    __tablename__ = "stock_days"

    stock_level_id: Mapped[int] = plain(ForeignKey("stock_levels.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = plain(Date, primary_key=True)
    quantity: Mapped[Decimal] = plain(QUANTITY)
