"""The domain's enums as the schema shows them: stored under the same names."""

import strawberry

from api.graphql.filters import choice_filter
from domain.branches.model import BranchKind
from domain.channels import Channel
from domain.customers.model import ContactPointKind, CustomerKind, Gender
from domain.offers.model import GrantState
from domain.offers.tree import OfferKind
from domain.orders.model import LineKind
from domain.roles import Role
from domain.touchpoints.model import Direction, TouchpointKind

for known in (
    BranchKind,
    Channel,
    ContactPointKind,
    CustomerKind,
    Gender,
    GrantState,
    LineKind,
    OfferKind,
    Role,
    TouchpointKind,
):
    strawberry.enum(known)
strawberry.enum(Direction, name="TouchpointDirection")

ChannelFilter = choice_filter(Channel)
CustomerKindFilter = choice_filter(CustomerKind)
GrantStateFilter = choice_filter(GrantState)
OfferKindFilter = choice_filter(OfferKind)
TouchpointDirectionFilter = choice_filter(Direction, "TouchpointDirection")
TouchpointKindFilter = choice_filter(TouchpointKind)

__all__ = [
    "BranchKind",
    "Channel",
    "ChannelFilter",
    "ContactPointKind",
    "CustomerKind",
    "CustomerKindFilter",
    "Direction",
    "Gender",
    "GrantState",
    "GrantStateFilter",
    "LineKind",
    "OfferKind",
    "OfferKindFilter",
    "Role",
    "TouchpointDirectionFilter",
    "TouchpointKind",
    "TouchpointKindFilter",
]
