"""Tables of orders and their lines.

Returns and cancellations are lines with a negative quantity, in the order the ERP booked them in. An order's
net revenue is the sum of its lines' quantity x unit price - discount.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, Computed, ForeignKey, Identity, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from domain.base import FINE, QUANTITY, Base, Root, one_of, plain, sane_time
from domain.channels import Channel


class LineKind(StrEnum):
    """What a line books: FREE has no price, ADJUSTMENT moves money without goods."""

    SALE = "SALE"
    FREE = "FREE"
    RETURN = "RETURN"
    CANCELLATION = "CANCELLATION"
    ADJUSTMENT = "ADJUSTMENT"


class Order(Root, Base):
    """An order as its source booked it. `customer_id` is null where nobody knows who bought."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("source_system", "source_id"),
        one_of("channel", Channel),
        sane_time("ordered_at"),
        Index("ix_orders_customer", "customer_id", text("ordered_at DESC"), text("id DESC")),
        Index("ix_orders_ordered", text("ordered_at DESC"), text("id DESC")),
        Index("ix_orders_branch", "branch_id", text("ordered_at DESC"), text("id DESC")),
    )

    source_system: Mapped[str] = plain()
    source_id: Mapped[str] = plain()
    number: Mapped[str] = plain()
    customer_id: Mapped[int | None] = plain(ForeignKey("customers.id"))
    branch_id: Mapped[int | None] = plain(ForeignKey("branches.id"))
    channel: Mapped[str | None] = plain()
    ordered_at: Mapped[datetime] = plain()
    currency: Mapped[str] = plain(ForeignKey("currencies.code"))


class OrderLine(Base):
    """`gross` and `net_revenue` are computed by Postgres, so that they can never disagree with their parts."""

    __tablename__ = "order_lines"
    __table_args__ = (
        one_of("kind", LineKind),
        Index(None, "order_id", "position", unique=True),
        Index(None, "product_id"),
    )

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    order_id: Mapped[int] = plain(ForeignKey("orders.id", ondelete="CASCADE"))
    position: Mapped[int] = plain(Integer)
    kind: Mapped[str] = plain()
    product_id: Mapped[int | None] = plain(ForeignKey("products.id"))
    quantity: Mapped[Decimal] = plain(QUANTITY)
    unit_price: Mapped[Decimal] = plain(FINE)
    discount: Mapped[Decimal] = plain(FINE, server_default=text("0"))
    unit_cost: Mapped[Decimal | None] = plain(FINE)
    gross: Mapped[Decimal] = plain(FINE, Computed("quantity * unit_price", persisted=True))
    net_revenue: Mapped[Decimal] = plain(FINE, Computed("quantity * unit_price - discount", persisted=True))
