"""Tables of custom attributes: what the company declares, and the values of customers.

A value stands in the column of its attribute's type, so that comparing and ranges are those of the type, by an index.
It refers to its attribute by name, which never changes: a filter by name and value is one look-up.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ARRAY, Boolean, CheckConstraint, Date, ForeignKey, Index, Numeric, Text, text
from sqlalchemy.orm import Mapped

from domain.base import Base, Personal, Root, one_of, plain, tagged


class AttributeType(StrEnum):
    TEXT = "TEXT"
    NUMBER = "NUMBER"
    BOOLEAN = "BOOLEAN"
    DATE = "DATE"
    CHOICE = "CHOICE"


class PersonalTag(StrEnum):
    """How personal a value is, as `domain.base.Personal` says it of columns."""

    NONE = "NONE"
    BASIC = "BASIC"
    CONTACT = "CONTACT"
    UNIQUE = "UNIQUE"
    SENSITIVE = "SENSITIVE"


class CustomerAttribute(Root, Base):
    """A custom attribute as declared: life style is told in such ones too. Retired, it takes no new values."""

    __tablename__ = "customer_attributes"
    __table_args__ = (
        one_of("type", AttributeType),
        one_of("personal", PersonalTag),
        CheckConstraint("(type = 'CHOICE') = (cardinality(choices) > 0)", name="choices_of_a_choice"),
    )

    name: Mapped[str] = plain(unique=True)
    type: Mapped[str] = plain()
    label_en: Mapped[str] = plain()
    label_ko: Mapped[str] = plain()
    choices: Mapped[list[str]] = plain(ARRAY(Text(collation="C")), server_default=text("'{}'"))
    reportable: Mapped[bool] = plain(Boolean, server_default=text("false"))
    personal: Mapped[str] = plain(server_default=text("'BASIC'"))
    retired_at: Mapped[datetime | None] = plain()


class CustomerAttributeValue(Base):
    """The value of one attribute of one customer. `text_value` holds choices too."""

    __tablename__ = "customer_attribute_values"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(text_value, number_value, boolean_value, date_value) = 1", name="one_value"
        ),
        Index("ix_customer_attribute_values_text", "attribute", "text_value", "customer_id"),
        Index("ix_customer_attribute_values_number", "attribute", "number_value", "customer_id"),
        Index("ix_customer_attribute_values_boolean", "attribute", "boolean_value", "customer_id"),
        Index("ix_customer_attribute_values_date", "attribute", "date_value", "customer_id"),
        {
            "info": {
                "on_merge": (
                    """
                    UPDATE customer_attribute_values m SET customer_id = :keep
                    WHERE m.customer_id = :merge AND NOT EXISTS (
                        SELECT FROM customer_attribute_values k
                        WHERE k.customer_id = :keep AND k.attribute = m.attribute)
                    """,
                    "DELETE FROM customer_attribute_values WHERE customer_id = :merge",
                )
            }
        },
    )

    customer_id: Mapped[int] = plain(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    attribute: Mapped[str] = plain(ForeignKey("customer_attributes.name"), primary_key=True)
    text_value: Mapped[str | None] = tagged(Personal.SENSITIVE)
    number_value: Mapped[Decimal | None] = tagged(Personal.SENSITIVE, Numeric(20, 6))
    boolean_value: Mapped[bool | None] = tagged(Personal.SENSITIVE, Boolean)
    date_value: Mapped[date | None] = tagged(Personal.SENSITIVE, Date)
