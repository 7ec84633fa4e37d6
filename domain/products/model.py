"""Tables of products, their external ids, the category tree and the categories a product has had."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped

from domain.base import FINE, Base, Personal, Root, plain, sane_time, tagged


class Category(Root, Base):
    """A node of the category tree, of any depth; `parent_id` is null at the top."""

    __tablename__ = "categories"
    __table_args__ = (
        UniqueConstraint("parent_id", "name", postgresql_nulls_not_distinct=True),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
    )

    parent_id: Mapped[int | None] = plain(ForeignKey("categories.id"))
    name: Mapped[str] = plain()


class Product(Root, Base):
    __tablename__ = "products"
    __table_args__ = (Index(None, "name", "id"), Index(None, "category_id", "id"))

    code: Mapped[str] = plain(unique=True)
    name: Mapped[str] = plain()
    category_id: Mapped[int | None] = plain(ForeignKey("categories.id"))
    list_price: Mapped[Decimal | None] = plain(FINE)
    unit_cost: Mapped[Decimal | None] = plain(FINE)
    currency: Mapped[str | None] = plain(ForeignKey("currencies.code"))
    active: Mapped[bool] = plain(Boolean, server_default=text("true"))


class ProductExternalId(Base):
    """A name that another system has for the product."""

    __tablename__ = "product_external_ids"

    system: Mapped[str] = plain(primary_key=True)
    external_id: Mapped[str] = tagged(Personal.NONE, primary_key=True)
    product_id: Mapped[int] = plain(ForeignKey("products.id", ondelete="CASCADE"), index=True)


class ProductVersion(Base):
    """The category a product was in while it was: valid_from <= t < valid_to, open while null. Triggers write it."""

    __tablename__ = "product_versions"
    __table_args__ = (
        Index(None, "product_id", "valid_from", unique=True),
        Index(
            "ix_product_versions_open", "product_id", unique=True, postgresql_where=text("valid_to IS NULL")
        ),
        CheckConstraint("valid_to > valid_from", name="not_empty"),
        sane_time("valid_from"),
    )

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    product_id: Mapped[int] = plain(ForeignKey("products.id", ondelete="CASCADE"))
    valid_from: Mapped[datetime] = plain()
    valid_to: Mapped[datetime | None] = plain()
    category_id: Mapped[int | None] = plain(ForeignKey("categories.id"))
