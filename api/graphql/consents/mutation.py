"""Mutations of consents."""

from datetime import datetime

import strawberry
from strawberry import Maybe

from api.graphql.consents.types import Consent
from api.graphql.enums import Channel, ConsentPurpose
from api.graphql.inputs import key, said
from api.graphql.writes import Write, writes
from api.permissions import Action
from domain.consents import commands
from domain.consents.commands import NewConsent
from domain.consents.errors import ConsentDiffers
from domain.consents.queries import consents


@strawberry.input(description="What a customer gives or withdraws.")
class RecordConsentInput:
    customer_id: strawberry.ID
    purpose: ConsentPurpose
    given: bool = strawberry.field(description="False: withdrawn.")
    source: str = strawberry.field(description="Where: a form, a call, the web shop.")
    channel: Maybe[Channel | None] = strawberry.field(description="For all channels, unless one is given.")
    at: Maybe[datetime | None] = strawberry.field(description="Now, unless another time is given.")
    source_id: Maybe[str | None] = strawberry.field(description="The same of a source twice is one line.")
    evidence: Maybe[str | None] = strawberry.field(description="How we know: a recording, a scan, the words.")


@strawberry.type
class ConsentMutation:
    @writes(Consent, consents, Action.CREATE, errors={"CONSENT_DIFFERS": ConsentDiffers})
    async def record_consent(write: Write, input: RecordConsentInput) -> int:
        """Note what a customer gives or withdraws; nothing noted before is changed."""
        told = NewConsent(
            customer_id=key(input.customer_id, "Customer", "customer_id"),
            purpose=input.purpose,
            given=input.given,
            source=input.source,
            **said(input),
        )
        return await commands.record_consent(write.session, told, actor=write.actor, now=write.now)
