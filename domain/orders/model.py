"""Tables of orders and their lines.

Returns and cancellations are lines with a negative quantity, in the order the ERP booked them in: in the order they
take from, or in one of their own that names it (`original_id`). An order's net revenue is the sum of its lines'
quantity x unit price - discount.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
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
    """An order as its source booked it. `customer_id` is null where nobody knows who bought.

    `agent_id` is who took it, `original_id` the order that a credit note takes back from.
    """

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("source_system", "source_id"),
        one_of("channel", Channel),
        sane_time("ordered_at"),
        Index("ix_orders_customer", "customer_id", text("ordered_at DESC"), text("id DESC")),
        Index("ix_orders_ordered", text("ordered_at DESC"), text("id DESC")),
        Index(None, "created_at", "id"),
        Index("ix_orders_branch", "branch_id", text("ordered_at DESC"), text("id DESC")),
        Index(
            "ix_orders_agent",
            "agent_id",
            text("ordered_at DESC"),
            text("id DESC"),
            postgresql_where=text("agent_id IS NOT NULL"),
        ),
        Index("ix_orders_number", "number", "id"),
        Index("ix_orders_original", "original_id", postgresql_where=text("original_id IS NOT NULL")),
        CheckConstraint("original_id <> id", name="not_its_own_original"),
        sane_time("cancelled_at"),
    )

    source_system: Mapped[str] = plain()
    source_id: Mapped[str] = plain()
    number: Mapped[str] = plain()
    customer_id: Mapped[int | None] = plain(ForeignKey("customers.id"))
    branch_id: Mapped[int | None] = plain(ForeignKey("branches.id"))
    agent_id: Mapped[int | None] = plain(ForeignKey("users.id"))
    original_id: Mapped[int | None] = plain(ForeignKey("orders.id", ondelete="SET NULL"))
    channel: Mapped[str | None] = plain()
    ordered_at: Mapped[datetime] = plain()
    currency: Mapped[str] = plain(ForeignKey("currencies.code"))
    cancelled_at: Mapped[datetime | None] = plain()


class OrderLine(Base):
    """`returned_line_id` is the line that a return or cancellation takes back, `booked_at` when it was booked, if
    later than the order.

    `gross` and `net_revenue` are computed by Postgres, so that they can never disagree with their
    parts.
    """

    __tablename__ = "order_lines"
    __table_args__ = (
        one_of("kind", LineKind),
        Index(None, "order_id", "position", unique=True),
        Index(None, "product_id"),
        Index(
            "ix_order_lines_returned",
            "returned_line_id",
            postgresql_where=text("returned_line_id IS NOT NULL"),
        ),
        sane_time("booked_at"),
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
    returned_line_id: Mapped[int | None] = plain(ForeignKey("order_lines.id", ondelete="SET NULL"))
    booked_at: Mapped[datetime | None] = plain()
    gross: Mapped[Decimal] = plain(FINE, Computed("quantity * unit_price", persisted=True))
    net_revenue: Mapped[Decimal] = plain(FINE, Computed("quantity * unit_price - discount", persisted=True))
