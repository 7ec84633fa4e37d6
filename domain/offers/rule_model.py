"""Tables of who may be given an offer: rules, and customers who may not."""

from enum import StrEnum

from sqlalchemy import ARRAY, Boolean, CheckConstraint, ForeignKey, Integer, SmallInteger, Text, text
from sqlalchemy.orm import Mapped

from domain.base import Base, one_of, plain


class RuleKind(StrEnum):
    """What a rule looks at: what the customer is, or what he has bought and kept."""

    CUSTOMER_KIND = "CUSTOMER_KIND"
    LIFECYCLE_STAGE = "LIFECYCLE_STAGE"
    REGION = "REGION"
    AGE = "AGE"
    ATTRIBUTE = "ATTRIBUTE"
    BOUGHT_PRODUCT = "BOUGHT_PRODUCT"
    BOUGHT_CATEGORY = "BOUGHT_CATEGORY"


class OfferRule(Base):
    """One rule of an offer. One that excludes must not hold for a customer, the others must all hold.

    `among` are the values of which the customer has one.
    """

    __tablename__ = "offer_rules"
    __table_args__ = (
        one_of("kind", RuleKind),
        CheckConstraint(
            "(kind IN ('CUSTOMER_KIND', 'LIFECYCLE_STAGE', 'REGION', 'ATTRIBUTE')) = (cardinality(among) > 0)"
            " AND (kind = 'AGE') = (num_nonnulls(min_age, max_age) > 0)"
            " AND (kind = 'ATTRIBUTE') = (attribute IS NOT NULL)"
            " AND (kind = 'BOUGHT_PRODUCT') = (product_id IS NOT NULL)"
            " AND (kind = 'BOUGHT_CATEGORY') = (category_id IS NOT NULL)",
            name="whole",
        ),
    )

    offer_id: Mapped[int] = plain(ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True)
    excludes: Mapped[bool] = plain(Boolean, primary_key=True)
    position: Mapped[int] = plain(SmallInteger, primary_key=True)
    kind: Mapped[str] = plain()
    among: Mapped[list[str]] = plain(ARRAY(Text(collation="C")), server_default=text("'{}'"))
    min_age: Mapped[int | None] = plain(Integer)
    max_age: Mapped[int | None] = plain(Integer)
    attribute: Mapped[str | None] = plain(ForeignKey("customer_attributes.name"))
    product_id: Mapped[int | None] = plain(ForeignKey("products.id"))
    category_id: Mapped[int | None] = plain(ForeignKey("categories.id"))


class ExcludedCustomer(Base):
    """A customer who is not given the offer, whatever the rules say."""

    __tablename__ = "offer_excluded_customers"
    __table_args__ = (
        {
            "info": {
                "on_merge": (
                    """
                    UPDATE offer_excluded_customers m SET customer_id = :keep
                    WHERE m.customer_id = :merge AND NOT EXISTS (
                        SELECT FROM offer_excluded_customers k
                        WHERE k.customer_id = :keep AND k.offer_id = m.offer_id)
                    """,
                    "DELETE FROM offer_excluded_customers WHERE customer_id = :merge",
                )
            }
        },
    )

    offer_id: Mapped[int] = plain(ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True)
    customer_id: Mapped[int] = plain(
        ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True, index=True
    )
