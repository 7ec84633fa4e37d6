"""What is told about a customer that is created or changed."""

from collections.abc import Sequence
from datetime import date

import strawberry
from strawberry import Maybe

from api.graphql.enums import Channel, ContactPointKind, CustomerKind, Gender
from api.graphql.inputs import key_at, said
from domain.customers.attribute_values import GivenAttribute
from domain.customers.details import CustomerDetails, ExternalId, GivenContactPoint


@strawberry.input(description="The name that another system has for the customer.")
class ExternalIdInput:
    system: str
    id: str


@strawberry.input(description="A way to reach the customer.")
class ContactPointInput:
    kind: ContactPointKind
    value: str
    verified: bool = False
    preferred: bool = strawberry.field(default=False, description="At most one of a kind.")


@strawberry.input(description="The value of a custom attribute of the customer.")
class AttributeInput:
    name: str
    value: str | None = strawberry.field(description="As text: true, 12.5, 2026-03-01. Null clears it.")


@strawberry.input
class CustomerInput:
    """What may be told when a customer is created and when it is changed."""

    latin_name: Maybe[str | None]
    birth_on: Maybe[date | None]
    gender: Maybe[Gender | None]
    occupation: Maybe[str | None]
    wealth_band: Maybe[str | None]
    country: Maybe[str | None]
    region: Maybe[str | None]
    district: Maybe[str | None]
    home_branch_id: Maybe[strawberry.ID | None]
    owner_id: Maybe[strawberry.ID | None]
    acquired_channel: Maybe[Channel | None]
    joined_on: Maybe[date | None]
    external_ids: Maybe[list[ExternalIdInput] | None] = strawberry.field(
        description="Replaces the whole list."
    )
    contact_points: Maybe[list[ContactPointInput] | None] = strawberry.field(
        description="Replaces the whole list; its order is kept."
    )
    attributes: Maybe[list[AttributeInput] | None] = strawberry.field(
        description="Those not named are left as they are; null clears them all."
    )


@strawberry.input(description="A new customer.")
class CreateCustomerInput(CustomerInput):
    name: str
    kind: CustomerKind = CustomerKind.PERSON


@strawberry.input(description="A change of a customer: what is absent is left as it is, null clears.")
class UpdateCustomerInput(CustomerInput):
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    name: Maybe[str | None]
    kind: Maybe[CustomerKind | None]


def details(input: CustomerInput) -> CustomerDetails:
    """The details for the domain. Raises Invalid for an id of another type."""
    found: CustomerDetails = said(
        input,
        home_branch_id=key_at("Branch", "home_branch_id"),
        owner_id=key_at("User", "owner_id"),
        external_ids=_external_ids,
        contact_points=_contact_points,
        attributes=_attributes,
    )
    if "external_ids" in found:
        found["external_ids"] = found["external_ids"] or []
    if "contact_points" in found:
        found["contact_points"] = found["contact_points"] or []
    return found


def _external_ids(given: Sequence[ExternalIdInput]) -> list[ExternalId]:
    return [ExternalId(each.system, each.id) for each in given]


def _contact_points(given: Sequence[ContactPointInput]) -> list[GivenContactPoint]:
    return [GivenContactPoint(each.kind, each.value, each.verified, each.preferred) for each in given]


def _attributes(given: Sequence[AttributeInput]) -> list[GivenAttribute]:
    return [GivenAttribute(each.name, each.value) for each in given]
