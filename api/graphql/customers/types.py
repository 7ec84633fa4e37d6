"""Customers as the API shows them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.graphql.branches.types import Branch
from api.graphql.customers.attribute_types import CustomerAttributeValue
from api.graphql.customers.filters import CustomerFilter
from api.graphql.customers.history_types import CustomerHistoryEntry, CustomerMerge, CustomerStage
from api.graphql.enums import (
    Channel,
    ContactPointKind,
    CustomerKind,
    Gender,
    LifecycleStage,
)
from api.graphql.external import ExternalId
from api.graphql.fields import column, reads, relation, selected
from api.graphql.households.types import Household, HouseholdMember
from api.graphql.money import Money
from api.graphql.planning.browsing import ordering
from api.graphql.planning.mixtures import OfMixture
from api.graphql.relay import Connection, Node
from api.graphql.scalars import BigInt
from api.graphql.scores.lifetime_types import LifetimeScore
from api.graphql.scores.types import RfmScore
from api.graphql.segments.types import Segment, SegmentMember
from api.graphql.timeline.filter import TimelineFilter
from api.graphql.users.types import User
from api.permissions import Group
from domain.cases.queries import cases_of_customer
from domain.channels import Channel as _Channel
from domain.consents.model import ConsentPurpose
from domain.consents.queries import consents_of_customer, current_consents_of_customer
from domain.customers.queries import contact_points, customers
from domain.households.queries import household_of_customer, memberships_of_customer
from domain.offers.queries import grants_of_customer
from domain.opportunities.queries import opportunities_of_customer
from domain.orders.queries import (
    last_order_at_of_customer,
    net_revenue_of_customer,
    order_count_of_customer,
    orders_of_customer,
    revenue_of_customer,
    revenues,
)
from domain.points.queries import points_accrued, points_balance, points_of_customer
from domain.scores.lifetime_queries import lifetime_of_customer
from domain.scores.queries import rfm_history_of_customer, rfm_of_customer
from domain.segments.queries import memberships_of_customer as segment_memberships_of_customer
from domain.segments.queries import segments_of_customer
from domain.tasks.queries import tasks_of_customer
from domain.timeline.queries import timeline_of_customer
from domain.touchpoints.queries import last_contact_at_of_customer, touchpoints_of_customer

if TYPE_CHECKING:
    from api.graphql.cases.types import Case
    from api.graphql.consents.types import Consent
    from api.graphql.offers.types import OfferGrant
    from api.graphql.opportunities.types import Opportunity
    from api.graphql.orders.types import Order
    from api.graphql.points.types import PointsEntry
    from api.graphql.tasks.types import Task
    from api.graphql.timeline.types import TimelineConnection
    from api.graphql.touchpoints.types import Touchpoint

MOST_CONSENTS = len(ConsentPurpose) * (len(_Channel) + 1)
"""One for each purpose and channel, and one for each purpose on all channels."""


@reads(contact_points)
@strawberry.type
class ContactPoint:
    """A way to reach the customer."""

    id: strawberry.ID
    kind: ContactPointKind
    value: str
    verified: bool
    preferred: bool


@reads(
    customers,
    filter=CustomerFilter,
    order=ordering(
        "Customer",
        NAME=customers.name,
        CREATED_AT=customers.created_at,
        UPDATED_AT=customers.updated_at,
        JOINED_ON=customers.joined_on,
        LAST_CONTACT_AT=last_contact_at_of_customer,
        LAST_ORDER_AT=last_order_at_of_customer,
        ORDER_COUNT=order_count_of_customer,
        NET_REVENUE=revenue_of_customer,
        POINTS_BALANCE=points_balance,
        LIFECYCLE_STAGE=customers.lifecycle_stage,
        LIFECYCLE_SINCE=customers.lifecycle_since,
        REGION=customers.region,
        DISTRICT=customers.district,
        BIRTH_ON=customers.birth_on,
        OWNER_NAME=customers.owner_name,
        HOME_BRANCH_NAME=customers.home_branch_name,
        ID=customers.id,
    ),
)
@strawberry.type
class Customer(Node):
    """A person or an organisation that buys, or may buy."""

    kind: CustomerKind
    name: str
    latin_name: str | None
    birth_on: date | None
    age: int | None = column(customers.age, description="In years completed, today in the company's zone.")
    gender: Gender | None
    occupation: str | None
    wealth_band: str | None
    country: str | None
    region: str | None
    district: str | None
    home_branch: Branch | None = relation(customers.home_branch)
    owner: User | None = relation(customers.owner)
    acquired_channel: Channel | None
    joined_on: date | None
    lifecycle_stage: LifecycleStage
    lifecycle_since: datetime = column(
        customers.lifecycle_since, description="When the customer was first found in this stage."
    )
    lifecycle_stages: Connection[CustomerStage] = relation(
        customers.stages, description="The stages it went through; none before it moved for the first time."
    )
    rfm_scores: Connection[RfmScore] = relation(
        rfm_of_customer, description="What it was found to be last, by each scheme."
    )
    segments: Connection[Segment] = relation(segments_of_customer, description="Those it is in now.")
    segment_memberships: Connection[SegmentMember] = relation(
        segment_memberships_of_customer, description="Those it is and was in."
    )
    rfm_history: Connection[RfmScore] = relation(rfm_history_of_customer)
    lifetime_score: LifetimeScore | None = relation(
        lifetime_of_customer, description="What it will bring, as told last in the company's currency."
    )
    household: Household | None = relation(household_of_customer, description="The one it is in now.")
    household_memberships: Connection[HouseholdMember] = relation(memberships_of_customer)
    attributes: Connection[CustomerAttributeValue] = relation(
        customers.attributes, description="Values of custom attributes declared NONE or BASIC."
    )
    confidential_attributes: Connection[CustomerAttributeValue] = relation(
        customers.confidential_attributes,
        group=Group.SENSITIVE,
        description="Values of those declared CONTACT, UNIQUE or SENSITIVE.",
    )
    merged_ids: list[strawberry.ID] = column(
        customers.merged_ids, description="Ids of customers that were merged into this one; they lead here."
    )
    merges: Connection[CustomerMerge] = relation(customers.merges)
    history: Connection[CustomerHistoryEntry] = relation(customers.history, group=Group.CONTACT)
    external_ids: list[ExternalId] = relation(
        customers.external_ids,
        most=20,
        description="The first 20 by system; `allExternalIds` has all.",
        deprecation_reason="Since 2026-11-23: `allExternalIds` has all, page by page.",
    )
    all_external_ids: Connection[ExternalId] = relation(customers.external_ids)
    contact_points: list[ContactPoint] = relation(
        customers.contact_points,
        group=Group.CONTACT,
        most=20,
        description="The first 20 in the order that the customer gave them; `allContactPoints` has all.",
        deprecation_reason="Since 2026-11-23: `allContactPoints` has all, page by page.",
    )
    all_contact_points: Connection[ContactPoint] = relation(
        customers.contact_points, group=Group.CONTACT, description="In the order that the customer gave them."
    )
    order_count: int = column(
        order_count_of_customer, description="Orders with at least one line of the kind SALE."
    )
    last_order_at: datetime | None = column(
        last_order_at_of_customer, description="When the latest of these orders was placed."
    )
    last_contact_at: datetime | None = column(
        last_contact_at_of_customer, description="The latest touchpoint but for mere views."
    )
    net_revenue: list[Money] = relation(
        net_revenue_of_customer,
        revenues.amount,
        revenues.currency,
        most=20,
        description="What all orders brought, returns taken off, in each currency: the first 20 by their codes.",
    )
    timeline: Annotated["TimelineConnection", strawberry.lazy("api.graphql.timeline.types")] = selected(
        OfMixture(timeline_of_customer, TimelineFilter),
        description="What happened, of every kind: newest first, then by type and id.",
    )
    orders: Connection[Annotated["Order", strawberry.lazy("api.graphql.orders.types")]] = relation(
        orders_of_customer
    )
    grants: Connection[Annotated["OfferGrant", strawberry.lazy("api.graphql.offers.types")]] = relation(
        grants_of_customer
    )
    touchpoints: Connection[Annotated["Touchpoint", strawberry.lazy("api.graphql.touchpoints.types")]] = (
        relation(touchpoints_of_customer)
    )
    cases: Connection[Annotated["Case", strawberry.lazy("api.graphql.cases.types")]] = relation(
        cases_of_customer
    )
    opportunities: Connection[
        Annotated["Opportunity", strawberry.lazy("api.graphql.opportunities.types")]
    ] = relation(opportunities_of_customer)
    tasks: Connection[Annotated["Task", strawberry.lazy("api.graphql.tasks.types")]] = relation(
        tasks_of_customer
    )
    points_balance: BigInt = column(points_balance, description="The sum of the ledger of points.")
    points_accrued: BigInt = column(points_accrued, description="The sum of what was earned.")
    points_entries: Connection[Annotated["PointsEntry", strawberry.lazy("api.graphql.points.types")]] = (
        relation(points_of_customer)
    )
    consents: Connection[Annotated["Consent", strawberry.lazy("api.graphql.consents.types")]] = relation(
        consents_of_customer, description="Every line: what was given and withdrawn, latest first."
    )
    current_consents: list[Annotated["Consent", strawberry.lazy("api.graphql.consents.types")]] = relation(
        current_consents_of_customer,
        most=MOST_CONSENTS,
        description="What holds: the latest line of each purpose and channel; one for all channels ends earlier ones.",
    )
    erased_at: datetime | None = column(
        customers.erased_at, description="When the person was erased; nothing personal is left then."
    )
    created_at: datetime
    updated_at: datetime
    version: int
