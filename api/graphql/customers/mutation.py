"""Mutations of customers."""

import strawberry

from api.graphql.customers.inputs import CreateCustomerInput, UpdateCustomerInput, details
from api.graphql.customers.types import Customer
from api.graphql.inputs import key
from api.graphql.writes import Write, writes
from api.permissions import Action
from domain.customers import commands
from domain.customers.details import CustomerDetails
from domain.customers.errors import AttributeRetired, ExternalIdTaken, OutOfSight
from domain.customers.queries import customers
from domain.errors import StaleVersion

_ERRORS = {
    "ATTRIBUTE_RETIRED": AttributeRetired,
    "EXTERNAL_ID_TAKEN": ExternalIdTaken,
    "OUT_OF_SIGHT": OutOfSight,
}


@strawberry.type
class CustomerMutation:
    @writes(Customer, customers, Action.CREATE, errors=_ERRORS)
    async def create_customer(write: Write, input: CreateCustomerInput) -> int:
        """Create a customer."""
        told: CustomerDetails = {**details(input), "name": input.name, "kind": input.kind}
        return await commands.create_customer(write.session, told, actor=write.actor, now=write.now)

    @writes(Customer, customers, Action.UPDATE, errors={**_ERRORS, "STALE_VERSION": StaleVersion})
    async def update_customer(write: Write, input: UpdateCustomerInput) -> int:
        """Change a customer: what is absent is left as it is, null clears."""
        customer_id = key(input.id, "Customer", "id")
        return await commands.update_customer(
            write.session,
            customer_id,
            changes=details(input),
            expected_version=input.expected_version,
            actor=write.actor,
            now=write.now,
        )
