"""Tables of products, their external ids and attributes, the category tree, and what all of it has been.

Every table of the past is written by triggers alone (migrations/sql), whoever changes a product or a category.
"""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped

from domain.base import FINE, GRAMS, Base, Personal, Root, plain, sane_time, tagged

_NUMBER = r"CASE WHEN value ~ '^-?\d{1,15}(\.\d{1,4})?$' THEN value::numeric(19, 4) END"


class Category(Root, Base):
    """A node of the category tree, of any depth; `parent_id` is null at the top. No circles: a trigger refuses them."""

    __tablename__ = "categories"
    __table_args__ = (
        UniqueConstraint("parent_id", "name", postgresql_nulls_not_distinct=True),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
    )

    parent_id: Mapped[int | None] = plain(ForeignKey("categories.id"))
    name: Mapped[str] = plain()
    english_name: Mapped[str | None] = plain()


class CategoryExternalId(Base):
    """A name that another system has for the category."""

    __tablename__ = "category_external_ids"

    system: Mapped[str] = plain(primary_key=True)
    external_id: Mapped[str] = tagged(Personal.NONE, primary_key=True)
    category_id: Mapped[int] = plain(ForeignKey("categories.id", ondelete="CASCADE"), index=True)


class CategoryPath(Base):
    """A category and one that it lies in: itself at depth 0, its parent at 1, and so on up to the top.

    Triggers write it, so that what lies at or below a category is found without a walk through the tree.
    """

    __tablename__ = "category_paths"

    category_id: Mapped[int] = plain(ForeignKey("categories.id", ondelete="CASCADE"), primary_key=True)
    ancestor_id: Mapped[int] = plain(
        ForeignKey("categories.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    depth: Mapped[int] = plain(SmallInteger)


class CategoryVersion(Base):
    """The name and the parent a category had while it had them: valid_from <= t < valid_to, open while null."""

    __tablename__ = "category_versions"
    __table_args__ = (
        Index(None, "category_id", "valid_from", unique=True),
        Index(
            "ix_category_versions_open", "category_id", unique=True, postgresql_where=text("valid_to IS NULL")
        ),
        CheckConstraint("valid_to > valid_from", name="not_empty"),
        sane_time("valid_from"),
    )

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    category_id: Mapped[int] = plain(ForeignKey("categories.id", ondelete="CASCADE"))
    valid_from: Mapped[datetime] = plain()
    valid_to: Mapped[datetime | None] = plain()
    parent_id: Mapped[int | None] = plain(ForeignKey("categories.id", ondelete="SET NULL"))
    name: Mapped[str] = plain()
    english_name: Mapped[str | None] = plain()


class Product(Root, Base):
    """Something that is sold; `active` is false once it is discontinued. Its code never changes."""

    __tablename__ = "products"
    __table_args__ = (
        Index(None, "name", "id"),
        Index(None, "category_id", "id"),
        Index(None, "list_price", "id"),
        Index("ix_products_grams", "grams", postgresql_using="gin"),
        Index("ix_products_other", text("substr(sought, strpos(sought, ' ') + 1, 2)"), "name", "id"),
    )

    code: Mapped[str] = plain(unique=True)
    name: Mapped[str] = plain()
    sought: Mapped[str] = plain(server_default=text("''"), deferred=True)
    grams: Mapped[list[str]] = plain(GRAMS, server_default=text("'{}'"), deferred=True)
    english_name: Mapped[str | None] = plain()
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


class ProductAttribute(Base):
    """One attribute of a product: colour, size, weight in grams. `number` is the value where it is one."""

    __tablename__ = "product_attributes"
    __table_args__ = (Index(None, "name", "value"), Index(None, "name", "number"))

    product_id: Mapped[int] = plain(ForeignKey("products.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = plain(primary_key=True)
    value: Mapped[str] = plain()
    number: Mapped[Decimal | None] = plain(FINE, Computed(_NUMBER, persisted=True))


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


class ProductPrice(Base):
    """The list price and the unit cost a product had while it had them; open while `valid_to` is null.

    A table of its own: a new price is no new version of the product in the cube.
    """

    __tablename__ = "product_prices"
    __table_args__ = (
        Index(None, "product_id", "valid_from", unique=True),
        Index("ix_product_prices_open", "product_id", unique=True, postgresql_where=text("valid_to IS NULL")),
        CheckConstraint("valid_to > valid_from", name="not_empty"),
        sane_time("valid_from"),
    )

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    product_id: Mapped[int] = plain(ForeignKey("products.id", ondelete="CASCADE"))
    valid_from: Mapped[datetime] = plain()
    valid_to: Mapped[datetime | None] = plain()
    list_price: Mapped[Decimal | None] = plain(FINE)
    unit_cost: Mapped[Decimal | None] = plain(FINE)
    currency: Mapped[str | None] = plain(ForeignKey("currencies.code"))


class ProductChange(Base):
    """One value of a product that was changed: what it was and what it became, as text. Insert only, by a trigger."""

    __tablename__ = "product_changes"
    __table_args__ = (Index("ix_product_changes_product", "product_id", text("id DESC")),)

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    product_id: Mapped[int] = plain(ForeignKey("products.id", ondelete="CASCADE"))
    field: Mapped[str] = plain()
    old: Mapped[str | None] = plain()
    new: Mapped[str | None] = plain()
    changed_at: Mapped[datetime] = plain()
    origin: Mapped[str] = plain()
