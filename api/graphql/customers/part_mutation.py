"""Mutations of one part of a customer."""

import strawberry

from api.graphql.customers.part_inputs import (
    AddContactPointInput,
    LinkExternalIdInput,
    RemoveContactPointInput,
    UnlinkExternalIdInput,
    UpdateContactPointInput,
)
from api.graphql.customers.types import Customer
from api.graphql.inputs import key, said
from api.graphql.writes import Write, writes
from api.permissions import Action
from domain.customers import contact_points, external_ids
from domain.customers.contact_points import ContactPointChange
from domain.customers.details import ExternalId, GivenContactPoint
from domain.customers.errors import ContactPointNotFound, ExternalIdNotFound, ExternalIdTaken
from domain.customers.locking import locked
from domain.customers.queries import customers
from domain.errors import StaleVersion

_STALE = {"STALE_VERSION": StaleVersion}
_POINT = {"CONTACT_POINT_NOT_FOUND": ContactPointNotFound, **_STALE}

_Part = (
    AddContactPointInput
    | UpdateContactPointInput
    | RemoveContactPointInput
    | LinkExternalIdInput
    | UnlinkExternalIdInput
)


async def _locked(write: Write, input: _Part) -> int:
    customer_id = key(input.id, "Customer", "id")
    return await locked(
        write.session, customer_id, expected_version=input.expected_version, actor=write.actor
    )


@strawberry.type
class CustomerPartMutation:
    @writes(Customer, customers, Action.UPDATE, errors=_STALE)
    async def add_contact_point(write: Write, input: AddContactPointInput) -> int:
        """Note a further way to reach a customer."""
        customer_id = await _locked(write, input)
        point = GivenContactPoint(input.kind, input.value, input.verified, input.preferred)
        await contact_points.add_contact_point(write.session, customer_id, point)
        return customer_id

    @writes(Customer, customers, Action.UPDATE, errors=_POINT)
    async def update_contact_point(write: Write, input: UpdateContactPointInput) -> int:
        """Correct a contact point, or note that it is verified or preferred."""
        customer_id = await _locked(write, input)
        point_id = key(input.contact_point_id, "ContactPoint", "contact_point_id")
        change = ContactPointChange(**said(input))
        await contact_points.change_contact_point(write.session, customer_id, point_id, change)
        return customer_id

    @writes(Customer, customers, Action.UPDATE, errors=_POINT)
    async def remove_contact_point(write: Write, input: RemoveContactPointInput) -> int:
        """Strike out a way by which a customer is no longer reached."""
        customer_id = await _locked(write, input)
        point_id = key(input.contact_point_id, "ContactPoint", "contact_point_id")
        await contact_points.remove_contact_point(write.session, customer_id, point_id)
        return customer_id

    @writes(Customer, customers, Action.UPDATE, errors={"EXTERNAL_ID_TAKEN": ExternalIdTaken, **_STALE})
    async def link_external_id(write: Write, input: LinkExternalIdInput) -> int:
        """Note the name that another system has for a customer."""
        customer_id = await _locked(write, input)
        await external_ids.link_external_id(
            write.session, customer_id, ExternalId(input.system, input.external_id)
        )
        return customer_id

    @writes(
        Customer, customers, Action.UPDATE, errors={"EXTERNAL_ID_NOT_FOUND": ExternalIdNotFound, **_STALE}
    )
    async def unlink_external_id(write: Write, input: UnlinkExternalIdInput) -> int:
        """Strike out a name that another system no longer has for a customer."""
        customer_id = await _locked(write, input)
        await external_ids.unlink_external_id(
            write.session, customer_id, ExternalId(input.system, input.external_id)
        )
        return customer_id
