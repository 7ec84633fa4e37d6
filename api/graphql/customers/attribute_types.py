"""Custom attributes as the API shows them: what is declared, and the values of customers."""

from datetime import date, datetime
from decimal import Decimal

import strawberry

from api.graphql.enums import AttributeType, AttributeTypeFilter, PersonalTag
from api.graphql.fields import column, reads, relation
from api.graphql.filters import BooleanFilter, DateFilter, DateTimeFilter, DecimalFilter, IdFilter, TextFilter
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.relay import Node
from domain.customers.attribute_queries import attribute_values, attributes


@filters
class CustomerAttributeFilter:
    id: IdFilter | None = where(attributes.id)
    name: TextFilter | None = where(attributes.name)
    type: AttributeTypeFilter | None = where(attributes.type)
    reportable: BooleanFilter | None = where(attributes.reportable)
    retired_at: DateTimeFilter | None = where(attributes.retired_at)
    created_at: DateTimeFilter | None = where(attributes.created_at)
    updated_at: DateTimeFilter | None = where(attributes.updated_at)


@reads(
    attributes,
    filter=CustomerAttributeFilter,
    order=ordering(
        "CustomerAttribute",
        NAME=attributes.name,
        CREATED_AT=attributes.created_at,
        UPDATED_AT=attributes.updated_at,
        ID=attributes.id,
    ),
)
@strawberry.type
class CustomerAttribute(Node):
    """An attribute of customers that the company has declared; what life style means here is told in such ones."""

    name: str = column(attributes.name, description="Its key: it never changes.")
    type: AttributeType
    label_en: str
    label_ko: str
    choices: list[str] = column(attributes.choices, description="What a value of the type CHOICE may be.")
    reportable: bool = column(attributes.reportable, description="Whether reports may be made by it.")
    personal: PersonalTag = column(attributes.personal, description="How personal its values are.")
    retired_at: datetime | None = column(
        attributes.retired_at, description="Since then it takes no new values."
    )
    created_at: datetime
    updated_at: datetime
    version: int


@reads(attribute_values)
@strawberry.type
class CustomerAttributeValue:
    """The value of one attribute of a customer: as text, and as what it is."""

    name: str = column(attribute_values.attribute)
    value: str = column(attribute_values.value, description="As it is given: true, 12.5, 2026-03-01.")
    text: str | None = column(attribute_values.text_value, description="Of the types TEXT and CHOICE.")
    number: Decimal | None
    boolean: bool | None = column(attribute_values.boolean_value)
    date: "date | None" = column(attribute_values.date_value)
    attribute: CustomerAttribute = relation(attribute_values.declared)


@filters
class CustomerAttributeValueFilter:
    name: TextFilter | None = where(attribute_values.attribute)
    text: TextFilter | None = where(attribute_values.text_value)
    number: DecimalFilter | None = where(attribute_values.number)
    boolean: BooleanFilter | None = where(attribute_values.boolean_value)
    date: DateFilter | None = where(attribute_values.date_value)
