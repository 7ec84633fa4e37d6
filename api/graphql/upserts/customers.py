"""Upserts of customers."""

from datetime import date
from typing import Any

import strawberry
from strawberry import Maybe

from api.graphql.branches.types import BranchKey
from api.graphql.customers.types import Customer
from api.graphql.enums import Channel, ContactPointKind, CustomerKind, Gender
from api.graphql.external import ExternalKey
from api.graphql.upserts.field import through, upserts
from api.graphql.upserts.inputs import UpsertAttribute, naming, reading
from api.graphql.upserts.keys import UpsertKey, UserKey
from api.graphql.upserts.scalars import SourceVersion
from domain.customers.errors import AttributeRetired, OutOfSight
from domain.customers.queries import customers
from domain.intake.upserts.customers import CUSTOMERS
from domain.intake.upserts.outcomes import NameTaken, Policy


@strawberry.input(description="A way to reach the customer.")
class UpsertContactPoint:
    kind: ContactPointKind
    value: str


@strawberry.input(
    description="What a system says of one customer: what is absent is left as it is, null clears."
)
class UpsertCustomer:
    key: UpsertKey
    source_version: Maybe[SourceVersion | None]
    kind: Maybe[CustomerKind | None]
    name: Maybe[str | None] = strawberry.field(description="A new customer needs one.")
    latin_name: Maybe[str | None]
    birth_on: Maybe[date | None]
    gender: Maybe[Gender | None]
    occupation: Maybe[str | None]
    wealth_band: Maybe[str | None]
    country: Maybe[str | None]
    region: Maybe[str | None]
    district: Maybe[str | None]
    home_branch: Maybe[BranchKey | None]
    owner: Maybe[UserKey | None]
    acquired_channel: Maybe[Channel | None]
    joined_on: Maybe[date | None]
    contact_points: Maybe[list[UpsertContactPoint] | None] = strawberry.field(
        description="Added where the customer has none of that kind and value; none is taken away."
    )
    attributes: Maybe[list[UpsertAttribute] | None] = strawberry.field(
        description="Values of custom attributes as they are declared; those not named are left as they are, and null "
        "clears them all."
    )
    also_known_as: Maybe[list[ExternalKey] | None] = strawberry.field(
        description="Further names that systems have for the customer; none is taken away."
    )


@strawberry.input(description="Customers as a system knows them, 1 to 10,000 a call.")
class UpsertCustomersInput:
    policy: Policy
    rows: list[UpsertCustomer]


_translate = reading(
    key=naming("key", "Customer"),
    home_branch=naming("home_branch", "Branch"),
    owner=naming("owner", "User"),
)


@strawberry.type
class CustomerUpserts:
    upsert_customers: Any = upserts(
        "upsert_customers",
        Customer,
        customers,
        UpsertCustomersInput,
        _translate,
        through(CUSTOMERS),
        errors={
            "EXTERNAL_ID_TAKEN": NameTaken,
            "OUT_OF_SIGHT": OutOfSight,
            "ATTRIBUTE_RETIRED": AttributeRetired,
        },
        description="Create or change customers by the names that other systems have for them.",
    )
