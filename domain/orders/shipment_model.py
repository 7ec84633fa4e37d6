"""Tables of shipments, what they carry and the states they went through."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from domain.base import QUANTITY, Base, Personal, Root, one_of, plain, sane_time, tagged


class ShipmentState(StrEnum):
    PREPARING = "PREPARING"
    SHIPPED = "SHIPPED"
    DELIVERED = "DELIVERED"
    RETURNED = "RETURNED"
    LOST = "LOST"


class Shipment(Root, Base):
    """Goods of an order on their way. A tracking number leads to where a person lives.

    `booked_at` is when its source booked it, `state_at` when it reached the state it is in. A root of its own and no
    part of the order, as a payment is.
    """

    __tablename__ = "shipments"
    __table_args__ = (
        UniqueConstraint("source_system", "source_id"),
        one_of("state", ShipmentState),
        sane_time("booked_at"),
        sane_time("state_at"),
        sane_time("shipped_at"),
        sane_time("delivered_at"),
        Index(None, "order_id", "booked_at", "id"),
        Index("ix_shipments_booked", text("booked_at DESC"), text("id DESC")),
        Index("ix_shipments_state", "state", text("booked_at DESC"), text("id DESC")),
    )

    source_system: Mapped[str] = plain()
    source_id: Mapped[str] = tagged(Personal.NONE)
    order_id: Mapped[int] = plain(ForeignKey("orders.id", ondelete="CASCADE"))
    warehouse_id: Mapped[int | None] = plain(ForeignKey("warehouses.id"))
    carrier: Mapped[str | None] = plain()
    tracking: Mapped[str | None] = tagged(Personal.CONTACT)
    state: Mapped[str] = plain()
    state_at: Mapped[datetime] = plain()
    booked_at: Mapped[datetime] = plain()
    shipped_at: Mapped[datetime | None] = plain()
    delivered_at: Mapped[datetime | None] = plain()


class ShipmentLine(Base):
    """How much of a product the shipment carries.

    By product and not by order line: SCM ships goods, and the ERP may book an order's lines anew at any time.
    """

    __tablename__ = "shipment_lines"
    __table_args__ = (
        UniqueConstraint("shipment_id", "product_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    shipment_id: Mapped[int] = plain(ForeignKey("shipments.id", ondelete="CASCADE"))
    product_id: Mapped[int] = plain(ForeignKey("products.id"), index=True)
    quantity: Mapped[Decimal] = plain(QUANTITY)


class ShipmentStateReached(Base):
    """When a shipment reached a state. A trigger writes it."""

    __tablename__ = "shipment_states"
    __table_args__ = (one_of("state", ShipmentState), sane_time("reached_at"))

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    shipment_id: Mapped[int] = plain(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = plain()
    reached_at: Mapped[datetime] = plain()
