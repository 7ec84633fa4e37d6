"""What may be asked of custom attributes and their values.

A value is as personal as its attribute is declared to be: those declared NONE or BASIC stand beside a customer's other
fields, the others are confidential and stand apart, for who may see such things.
"""

from sqlalchemy import ColumnElement, Numeric, Text, cast, func, select

from domain.base import Personal
from domain.customers.attribute_model import CustomerAttribute, CustomerAttributeValue, PersonalTag
from domain.selection.entities import ASC, Entity, Row, computed, one
from domain.selection.sql import constant

attributes = Entity("CustomerAttribute", CustomerAttribute.__table__, order=(("name", ASC),))


def _as_text(value: Row) -> ColumnElement[str]:
    return func.coalesce(
        value.c.text_value,
        cast(func.trim_scale(value.c.number_value), Text()),
        cast(value.c.boolean_value, Text()),
        cast(value.c.date_value, Text()),
        "",
    )


class AttributeValues(Entity):
    value = computed(_as_text, Text(), nullable=False, personal=Personal.SENSITIVE)
    number = computed(
        lambda value: func.trim_scale(value.c.number_value), Numeric(), personal=Personal.SENSITIVE
    )
    declared = one(
        lambda: attributes,
        on=lambda value, attribute: attribute.c.name == value.c.attribute,
        nullable=False,
    )


attribute_values = AttributeValues(
    "CustomerAttributeValue", CustomerAttributeValue.__table__, ties=("attribute",)
)

_OPEN = [constant(PersonalTag.NONE.value), constant(PersonalTag.BASIC.value)]


def _tag(value: Row) -> ColumnElement[str]:
    declared = CustomerAttribute.__table__.alias()
    found = select(declared.c.personal).where(declared.c.name == value.c.attribute)
    return found.correlate(value).scalar_subquery()


def open_to_all(customer: Row, value: Row) -> ColumnElement[bool]:
    """The customer's values that are shown to all who see the customer."""
    return (value.c.customer_id == customer.c.id) & _tag(value).in_(_OPEN)


def confidential(customer: Row, value: Row) -> ColumnElement[bool]:
    """The customer's other values."""
    return (value.c.customer_id == customer.c.id) & _tag(value).not_in(_OPEN)
