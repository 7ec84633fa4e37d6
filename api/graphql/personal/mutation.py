"""Mutations of what is held about persons as a whole."""

import strawberry

from api.graphql.customers.types import Customer
from api.graphql.inputs import key
from api.graphql.personal.types import RetentionRule, SubjectExport
from api.graphql.writes import Write, writes
from api.permissions import Action
from domain.customers.queries import customers
from domain.errors import StaleVersion
from domain.personal import exports, retaining
from domain.personal.erasure import erase_subject
from domain.personal.errors import AlreadyErased, ReasonMissing
from domain.personal.journal import Journal
from domain.personal.queries import retention_rules, subject_exports
from domain.tables import metadata


@strawberry.input(description="A person of whom everything is to be gathered in a file.")
class ExportSubjectInput:
    customer_id: strawberry.ID
    reason: str = strawberry.field(description="Kept in the access log; without personal data.")


@strawberry.input(description="A person of whom nothing personal is to be left.")
class EraseSubjectInput:
    customer_id: strawberry.ID
    reason: str = strawberry.field(description="Kept as the evidence of the erasure; without personal data.")


@strawberry.input(description="A period of retention.")
class UpdateRetentionRuleInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    days: int | None = strawberry.field(
        description="1 to 36500; null keeps it as long as there is a customer."
    )


@strawberry.type
class PersonalMutation:
    @writes(
        SubjectExport,
        subject_exports,
        Action.CREATE,
        errors={"ERASED": AlreadyErased, "REASON_MISSING": ReasonMissing},
    )
    async def export_subject(write: Write, input: ExportSubjectInput) -> int:
        """Gather everything that is held about a person in a file, which a job makes."""
        return await exports.request_export(
            write.session,
            key(input.customer_id, "Customer", "customer_id"),
            reason=input.reason,
            actor=write.actor,
            now=write.now,
        )

    @writes(Customer, customers, Action.ERASE, errors={"REASON_MISSING": ReasonMissing})
    async def erase_subject(write: Write, input: EraseSubjectInput) -> int:
        """Erase a person for ever: everything personal is overwritten, amounts stay. A second time changes nothing."""
        customer_id = key(input.customer_id, "Customer", "customer_id")
        await erase_subject(
            write.session,
            customer_id,
            reason=input.reason,
            actor=write.actor,
            now=write.now,
            journal=Journal(write.settings.journal_path),
            tables=metadata,
        )
        return customer_id

    @writes(RetentionRule, retention_rules, Action.UPDATE, errors={"STALE_VERSION": StaleVersion})
    async def update_retention_rule(write: Write, input: UpdateRetentionRuleInput) -> int:
        """Set how long columns of a tag are kept for a purpose. What is past it goes the next night."""
        rule_id = key(input.id, "RetentionRule", "id")
        await retaining.update_retention_rule(
            write.session,
            rule_id,
            days=input.days,
            expected_version=input.expected_version,
            actor=write.actor,
        )
        return rule_id
