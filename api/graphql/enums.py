"""The domain's enums as the schema shows them: stored under the same names."""

import strawberry

from api.graphql.filters import choice_filter
from domain.access_log.model import AccessGroup, AccessKind
from domain.branches.model import BranchKind
from domain.cases.model import CaseKind, CaseState
from domain.channels import Channel
from domain.consents.model import ConsentPurpose
from domain.customers.attribute_model import AttributeType, PersonalTag
from domain.customers.model import ContactPointKind, CustomerKind, Gender, LifecycleStage
from domain.jobs.model import JobState
from domain.keys.model import MachineRole, MachineScope
from domain.objectives.model import ObjectiveState
from domain.offers.grants import GrantStatus
from domain.offers.model import GrantState
from domain.offers.rule_model import RuleKind
from domain.offers.tree import OfferKind
from domain.opportunities.model import OpportunitySource, OpportunityStage
from domain.orders.figures import ShippedState
from domain.orders.model import LineKind
from domain.orders.payment_model import PaymentMethod, PaymentState
from domain.orders.shipment_model import ShipmentState
from domain.personal.model import ExportState, Purpose, RetentionState
from domain.personal.model import Tag as RetainedTag
from domain.points.model import PointsKind
from domain.products.stock import StockStatus
from domain.roles import ApiScope, Role, Scope
from domain.rules.tree import TraitName as SegmentTrait
from domain.scores.model import RfmAnchor, RfmMethod
from domain.segments.model import SegmentKind
from domain.tasks.model import TaskSource, TaskState
from domain.timeline.queries import TimelineKind
from domain.touchpoints.model import Direction, TouchpointKind
from domain.work.priorities import Priority

for known in (
    AccessGroup,
    AccessKind,
    ApiScope,
    AttributeType,
    BranchKind,
    CaseKind,
    CaseState,
    Channel,
    ContactPointKind,
    CustomerKind,
    ExportState,
    Gender,
    GrantState,
    JobState,
    LifecycleStage,
    LineKind,
    MachineRole,
    MachineScope,
    ObjectiveState,
    OfferKind,
    OpportunitySource,
    OpportunityStage,
    PaymentMethod,
    PaymentState,
    PersonalTag,
    Priority,
    RetentionState,
    RfmAnchor,
    RfmMethod,
    Role,
    SegmentKind,
    ShipmentState,
    ShippedState,
    StockStatus,
    TaskSource,
    TaskState,
    ConsentPurpose,
    PointsKind,
    TimelineKind,
    TouchpointKind,
):
    strawberry.enum(known)
strawberry.enum(Direction, name="TouchpointDirection")
strawberry.enum(GrantStatus, description="What became of one customer: REJECTED says why in its userErrors.")
strawberry.enum(RuleKind, name="OfferRuleKind")
strawberry.enum(SegmentTrait, name="SegmentTrait")
strawberry.enum(Scope, description="Whose rows an actor sees.")
strawberry.enum(Purpose, name="RetentionPurpose")
strawberry.enum(RetainedTag, name="RetainedTag")

AttributeTypeFilter = choice_filter(AttributeType)
BranchKindFilter = choice_filter(BranchKind)
CaseKindFilter = choice_filter(CaseKind)
CaseStateFilter = choice_filter(CaseState)
ChannelFilter = choice_filter(Channel)
ContactPointKindFilter = choice_filter(ContactPointKind)
CustomerKindFilter = choice_filter(CustomerKind)
ExportStateFilter = choice_filter(ExportState)
GenderFilter = choice_filter(Gender)
JobStateFilter = choice_filter(JobState)
GrantStateFilter = choice_filter(GrantState)
LifecycleStageFilter = choice_filter(LifecycleStage)
ObjectiveStateFilter = choice_filter(ObjectiveState)
OfferKindFilter = choice_filter(OfferKind)
OpportunitySourceFilter = choice_filter(OpportunitySource)
OpportunityStageFilter = choice_filter(OpportunityStage)
LineKindFilter = choice_filter(LineKind)
PaymentMethodFilter = choice_filter(PaymentMethod)
PaymentStateFilter = choice_filter(PaymentState)
ShipmentStateFilter = choice_filter(ShipmentState)
ShippedStateFilter = choice_filter(ShippedState)
PriorityFilter = choice_filter(Priority)
RfmAnchorFilter = choice_filter(RfmAnchor)
SegmentKindFilter = choice_filter(SegmentKind)
RfmMethodFilter = choice_filter(RfmMethod)
RoleFilter = choice_filter(Role)
ScopeFilter = choice_filter(Scope)
TaskSourceFilter = choice_filter(TaskSource)
TaskStateFilter = choice_filter(TaskState)
ConsentPurposeFilter = choice_filter(ConsentPurpose)
PointsKindFilter = choice_filter(PointsKind)
TimelineKindFilter = choice_filter(TimelineKind)
TouchpointDirectionFilter = choice_filter(Direction, "TouchpointDirection")
TouchpointKindFilter = choice_filter(TouchpointKind)

__all__ = [
    "AccessGroup",
    "AccessKind",
    "ApiScope",
    "AttributeType",
    "AttributeTypeFilter",
    "BranchKind",
    "BranchKindFilter",
    "CaseKind",
    "CaseKindFilter",
    "CaseState",
    "CaseStateFilter",
    "Channel",
    "ChannelFilter",
    "ConsentPurpose",
    "ConsentPurposeFilter",
    "ContactPointKind",
    "ContactPointKindFilter",
    "CustomerKind",
    "CustomerKindFilter",
    "Direction",
    "ExportState",
    "ExportStateFilter",
    "Gender",
    "GenderFilter",
    "GrantState",
    "GrantStateFilter",
    "GrantStatus",
    "JobState",
    "JobStateFilter",
    "LifecycleStage",
    "LifecycleStageFilter",
    "LineKind",
    "LineKindFilter",
    "MachineRole",
    "MachineScope",
    "ObjectiveState",
    "ObjectiveStateFilter",
    "OfferKind",
    "OfferKindFilter",
    "OpportunitySource",
    "OpportunitySourceFilter",
    "OpportunityStage",
    "OpportunityStageFilter",
    "PaymentMethod",
    "PaymentMethodFilter",
    "PaymentState",
    "PaymentStateFilter",
    "PersonalTag",
    "PointsKind",
    "PointsKindFilter",
    "Priority",
    "PriorityFilter",
    "Purpose",
    "RetainedTag",
    "RetentionState",
    "RfmAnchor",
    "RfmAnchorFilter",
    "RfmMethod",
    "RfmMethodFilter",
    "Role",
    "RoleFilter",
    "RuleKind",
    "Scope",
    "ScopeFilter",
    "SegmentKind",
    "SegmentKindFilter",
    "SegmentTrait",
    "ShipmentState",
    "ShipmentStateFilter",
    "ShippedState",
    "ShippedStateFilter",
    "StockStatus",
    "TaskSource",
    "TaskSourceFilter",
    "TaskState",
    "TaskStateFilter",
    "TimelineKind",
    "TimelineKindFilter",
    "TouchpointDirectionFilter",
    "TouchpointKind",
    "TouchpointKindFilter",
]
