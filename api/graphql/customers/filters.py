"""Which customers are meant: by a key, or by a filter."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from api.graphql.branches.types import BranchFilter
from api.graphql.customers.attribute_types import CustomerAttributeValueFilter
from api.graphql.enums import (
    ChannelFilter,
    ContactPointKindFilter,
    CustomerKindFilter,
    GenderFilter,
    LifecycleStageFilter,
)
from api.graphql.external import ExternalIdFilter, ExternalKey
from api.graphql.filters import (
    BigIntFilter,
    BooleanFilter,
    DateFilter,
    DateTimeFilter,
    IdFilter,
    IntFilter,
    Many,
    TextFilter,
)
from api.graphql.households.types import HouseholdFilter
from api.graphql.planning.filters import filters, where
from api.graphql.scores.types import RfmScoreFilter
from api.graphql.segments.types import SegmentFilter
from api.graphql.users.types import UserFilter
from api.permissions import Group
from domain.cases.queries import cases_of_customer
from domain.consents.queries import current_consents_of_customer
from domain.customers.queries import contact_points, customers
from domain.households.queries import household_of_customer
from domain.offers.queries import grants_of_customer
from domain.opportunities.queries import opportunities_of_customer
from domain.orders.queries import (
    last_order_at_of_customer,
    orders_of_customer,
)
from domain.points.queries import points_balance
from domain.scores.queries import rfm_of_customer
from domain.segments.queries import segments_of_customer
from domain.tasks.queries import tasks_of_customer
from domain.touchpoints.queries import last_contact_at_of_customer, touchpoints_of_customer

if TYPE_CHECKING:
    from api.graphql.cases.types import CaseFilter
    from api.graphql.consents.types import ConsentFilter
    from api.graphql.offers.types import OfferGrantFilter
    from api.graphql.opportunities.types import OpportunityFilter
    from api.graphql.orders.types import OrderFilter
    from api.graphql.tasks.types import TaskFilter
    from api.graphql.touchpoints.types import TouchpointFilter


@strawberry.input(one_of=True, description="A customer by id, or by the id that another system has for it.")
class CustomerKey:
    id: strawberry.ID | None = where(customers.id)
    external: ExternalKey | None = where(customers.external_ids)


@filters
class ContactPointFilter:
    kind: ContactPointKindFilter | None = where(contact_points.kind)
    value: TextFilter | None = where(contact_points.value)
    verified: BooleanFilter | None = where(contact_points.verified)
    preferred: BooleanFilter | None = where(contact_points.preferred)


@filters
class CustomerFilter:
    id: IdFilter | None = where(customers.id)
    kind: CustomerKindFilter | None = where(customers.kind)
    name: TextFilter | None = where(customers.name)
    external_ids: Many[ExternalIdFilter] | None = where(customers.external_ids)
    country: TextFilter | None = where(customers.country)
    region: TextFilter | None = where(customers.region)
    district: TextFilter | None = where(customers.district)
    gender: GenderFilter | None = where(customers.gender)
    birth_on: DateFilter | None = where(customers.birth_on)
    birth_month: IntFilter | None = where(customers.birth_month, description="1 to 12.")
    age: IntFilter | None = where(customers.age)
    occupation: TextFilter | None = where(customers.occupation)
    wealth_band: TextFilter | None = where(customers.wealth_band)
    acquired_channel: ChannelFilter | None = where(customers.acquired_channel)
    joined_on: DateFilter | None = where(customers.joined_on)
    lifecycle_stage: LifecycleStageFilter | None = where(customers.lifecycle_stage)
    lifecycle_since: DateTimeFilter | None = where(customers.lifecycle_since)
    last_contact_at: DateTimeFilter | None = where(last_contact_at_of_customer)
    last_order_at: DateTimeFilter | None = where(last_order_at_of_customer)
    contact_points: Many[ContactPointFilter] | None = where(customers.contact_points, group=Group.CONTACT)
    attributes: Many[CustomerAttributeValueFilter] | None = where(
        customers.attributes, description="Name an attribute, and what its value is."
    )
    confidential_attributes: Many[CustomerAttributeValueFilter] | None = where(
        customers.confidential_attributes, group=Group.SENSITIVE
    )
    household: HouseholdFilter | None = where(household_of_customer)
    created_at: DateTimeFilter | None = where(customers.created_at)
    updated_at: DateTimeFilter | None = where(customers.updated_at)
    erased_at: DateTimeFilter | None = where(
        customers.erased_at, description="Of persons who were erased; null of all others."
    )
    home_branch: BranchFilter | None = where(customers.home_branch)
    owner: UserFilter | None = where(customers.owner)
    orders: Many[Annotated["OrderFilter", strawberry.lazy("api.graphql.orders.types")]] | None = where(
        orders_of_customer
    )
    touchpoints: (
        Many[Annotated["TouchpointFilter", strawberry.lazy("api.graphql.touchpoints.types")]] | None
    ) = where(touchpoints_of_customer)
    grants: Many[Annotated["OfferGrantFilter", strawberry.lazy("api.graphql.offers.types")]] | None = where(
        grants_of_customer
    )
    cases: Many[Annotated["CaseFilter", strawberry.lazy("api.graphql.cases.types")]] | None = where(
        cases_of_customer
    )
    opportunities: (
        Many[Annotated["OpportunityFilter", strawberry.lazy("api.graphql.opportunities.types")]] | None
    ) = where(opportunities_of_customer)
    consents: Many[Annotated["ConsentFilter", strawberry.lazy("api.graphql.consents.types")]] | None = where(
        current_consents_of_customer,
        description="What holds: the latest line of each purpose and channel; one for all channels ends earlier ones.",
    )
    points_balance: BigIntFilter | None = where(points_balance)
    segments: Many[SegmentFilter] | None = where(segments_of_customer, description="Those it is in now.")
    rfm_scores: Many[RfmScoreFilter] | None = where(
        rfm_of_customer, description="What holds now: name a scheme, and the cell or the scores."
    )
    tasks: Many[Annotated["TaskFilter", strawberry.lazy("api.graphql.tasks.types")]] | None = where(
        tasks_of_customer
    )
