"""The domain's enums as the schema shows them: stored under the same names."""

import strawberry

from api.graphql.filters import choice_filter
from domain.access_log.model import AccessGroup, AccessKind
from domain.branches.model import BranchKind
from domain.cases.model import CaseKind, CaseState
from domain.channels import Channel
from domain.customers.model import ContactPointKind, CustomerKind, Gender
from domain.keys.model import MachineRole, MachineScope
from domain.offers.model import GrantState
from domain.offers.tree import OfferKind
from domain.opportunities.model import OpportunitySource, OpportunityStage
from domain.orders.model import LineKind
from domain.roles import ApiScope, Role
from domain.tasks.model import TaskSource, TaskState
from domain.touchpoints.model import Direction, TouchpointKind
from domain.work.priorities import Priority

for known in (
    AccessGroup,
    AccessKind,
    ApiScope,
    BranchKind,
    CaseKind,
    CaseState,
    Channel,
    ContactPointKind,
    CustomerKind,
    Gender,
    GrantState,
    LineKind,
    MachineRole,
    MachineScope,
    OfferKind,
    OpportunitySource,
    OpportunityStage,
    Priority,
    Role,
    TaskSource,
    TaskState,
    TouchpointKind,
):
    strawberry.enum(known)
strawberry.enum(Direction, name="TouchpointDirection")

CaseKindFilter = choice_filter(CaseKind)
CaseStateFilter = choice_filter(CaseState)
ChannelFilter = choice_filter(Channel)
CustomerKindFilter = choice_filter(CustomerKind)
GrantStateFilter = choice_filter(GrantState)
OfferKindFilter = choice_filter(OfferKind)
OpportunitySourceFilter = choice_filter(OpportunitySource)
OpportunityStageFilter = choice_filter(OpportunityStage)
PriorityFilter = choice_filter(Priority)
TaskSourceFilter = choice_filter(TaskSource)
TaskStateFilter = choice_filter(TaskState)
TouchpointDirectionFilter = choice_filter(Direction, "TouchpointDirection")
TouchpointKindFilter = choice_filter(TouchpointKind)

__all__ = [
    "AccessGroup",
    "AccessKind",
    "ApiScope",
    "BranchKind",
    "CaseKind",
    "CaseKindFilter",
    "CaseState",
    "CaseStateFilter",
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
    "MachineRole",
    "MachineScope",
    "OfferKind",
    "OfferKindFilter",
    "OpportunitySource",
    "OpportunitySourceFilter",
    "OpportunityStage",
    "OpportunityStageFilter",
    "Priority",
    "PriorityFilter",
    "Role",
    "TaskSource",
    "TaskSourceFilter",
    "TaskState",
    "TaskStateFilter",
    "TouchpointDirectionFilter",
    "TouchpointKind",
    "TouchpointKindFilter",
]
