"""Tables of offers, their grants to customers and the states a grant went through."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Identity, Index, Integer, text
from sqlalchemy.orm import Mapped

from domain.base import AMOUNT, Base, Personal, Root, one_of, plain, sane_time, tagged
from domain.offers.tree import OfferKind


class GrantState(StrEnum):
    """States move one way, in this order; declined and expired end it."""

    PROPOSED = "PROPOSED"
    DELIVERED = "DELIVERED"
    VIEWED = "VIEWED"
    ACCEPTED = "ACCEPTED"
    REDEEMED = "REDEEMED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"


class Offer(Root, Base):
    """What may be given to a customer; valid_from <= t < valid_to, open while null.

    A core offer with `category_id` stands for the best product of that category.
    """

    __tablename__ = "offers"
    __table_args__ = (
        one_of("kind", OfferKind),
        CheckConstraint("valid_to > valid_from", name="validity_not_empty"),
        CheckConstraint("quantity_limit > 0", name="quantity_limit_positive"),
        CheckConstraint("value >= 0 AND cost >= 0", name="amounts_not_negative"),
        CheckConstraint(
            "currency IS NOT NULL OR (value IS NULL AND cost IS NULL)", name="amounts_have_currency"
        ),
        CheckConstraint("product_id IS NULL OR category_id IS NULL", name="product_or_category"),
        CheckConstraint("category_id IS NULL OR kind = 'CORE'", name="category_of_core"),
        sane_time("valid_from"),
        Index(None, "created_at", "id"),
        Index(None, "product_id", "id"),
        Index(None, "category_id", "id"),
        Index(None, "valid_to", "id"),
    )

    code: Mapped[str] = plain(unique=True)
    name: Mapped[str] = plain()
    kind: Mapped[str] = plain()
    product_id: Mapped[int | None] = plain(ForeignKey("products.id"))
    category_id: Mapped[int | None] = plain(ForeignKey("categories.id"))
    value: Mapped[Decimal | None] = plain(AMOUNT)
    cost: Mapped[Decimal | None] = plain(AMOUNT)
    currency: Mapped[str | None] = plain(ForeignKey("currencies.code"))
    valid_from: Mapped[datetime] = plain(server_default=text("now()"))
    valid_to: Mapped[datetime | None] = plain()
    quantity_limit: Mapped[int | None] = plain(Integer)
    agent_grantable: Mapped[bool] = plain(Boolean, server_default=text("false"))
    agent_monthly_budget: Mapped[Decimal | None] = plain(AMOUNT)


class OfferGrant(Root, Base):
    """One offer to one customer, with the reason it was chosen for."""

    __tablename__ = "offer_grants"
    __table_args__ = (
        one_of("state", GrantState),
        Index("ix_offer_grants_customer", "customer_id", text("granted_at DESC"), text("id DESC")),
        Index("ix_offer_grants_offer", "offer_id", text("granted_at DESC"), text("id DESC")),
        Index(
            "ix_offer_grants_open",
            "offer_id",
            "id",
            postgresql_where=text("state IN ('PROPOSED', 'DELIVERED', 'VIEWED', 'ACCEPTED')"),
        ),
        sane_time("granted_at"),
    )

    offer_id: Mapped[int] = plain(ForeignKey("offers.id"))
    customer_id: Mapped[int] = plain(ForeignKey("customers.id"))
    state: Mapped[str] = plain(server_default=text("'PROPOSED'"))
    reason: Mapped[str | None] = tagged(Personal.BASIC)
    code: Mapped[str | None] = plain(unique=True)
    granted_by_id: Mapped[int | None] = plain(ForeignKey("users.id"))
    granted_at: Mapped[datetime] = plain()
    order_id: Mapped[int | None] = plain(ForeignKey("orders.id"))


class OfferGrantState(Base):
    """When the grant reached each state."""

    __tablename__ = "offer_grant_states"

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    grant_id: Mapped[int] = plain(ForeignKey("offer_grants.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = plain()
    reached_at: Mapped[datetime] = plain()
