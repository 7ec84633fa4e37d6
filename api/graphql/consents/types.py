"""Consents as the API shows them."""

from datetime import datetime

import strawberry

from api.graphql.customers.filters import CustomerFilter
from api.graphql.customers.types import Customer
from api.graphql.enums import Channel, ChannelFilter, ConsentPurpose, ConsentPurposeFilter
from api.graphql.fields import column, reads, relation
from api.graphql.filters import BooleanFilter, DateTimeFilter, IdFilter, TextFilter
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.relay import Node
from api.graphql.users.types import User
from api.permissions import Group
from domain.consents.queries import consents


@filters
class ConsentFilter:
    id: IdFilter | None = where(consents.id)
    purpose: ConsentPurposeFilter | None = where(consents.purpose)
    channel: ChannelFilter | None = where(consents.channel)
    given: BooleanFilter | None = where(consents.given)
    at: DateTimeFilter | None = where(consents.at)
    source: TextFilter | None = where(consents.source)
    customer: CustomerFilter | None = where(consents.customer)
    created_at: DateTimeFilter | None = where(consents.created_at)


@reads(
    consents,
    filter=ConsentFilter,
    order=ordering("Consent", AT=consents.at, CREATED_AT=consents.created_at, ID=consents.id),
)
@strawberry.type
class Consent(Node):
    """What a customer gave or withdrew: one line, which nobody changes."""

    customer: Customer | None = relation(consents.customer)
    purpose: ConsentPurpose
    channel: Channel | None = column(consents.channel, description="Null: all channels.")
    given: bool = column(consents.given, description="False: withdrawn.")
    at: datetime
    confirm_by: datetime = column(
        consents.confirm_by, description="Two years later: by then it is to be confirmed again."
    )
    source: str = column(consents.source, description="Where it was given: a form, a call, the web shop.")
    source_id: str | None
    evidence: str | None = column(consents.evidence, group=Group.SENSITIVE)
    recorded_by: User | None = relation(consents.recorded_by)
    created_at: datetime
    version: int
