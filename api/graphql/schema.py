"""The schema: every type, checked against the permission table, and its text."""

from functools import cache

import strawberry
from graphql import (
    GraphQLInputObjectType,
    GraphQLSchema,
    GraphQLUnionType,
)
from strawberry.schema.config import StrawberryConfig

from api.graphql import roots
from api.graphql.access_log.query import AccessLogQuery
from api.graphql.branches.mutation import BranchMutation
from api.graphql.branches.query import BranchQuery
from api.graphql.cases.mutation import CaseMutation
from api.graphql.cases.query import CaseQuery
from api.graphql.checks import check
from api.graphql.company.query import CompanyQuery
from api.graphql.consents.mutation import ConsentMutation
from api.graphql.consents.query import ConsentQuery
from api.graphql.contents.mutation import ContentMutation
from api.graphql.contents.query import ContentQuery
from api.graphql.cube.cells import CubeCellQuery
from api.graphql.cube.query import CubeQuery
from api.graphql.customers.declaring_mutation import CustomerDeclaringMutation
from api.graphql.customers.merge_mutation import CustomerMergeMutation
from api.graphql.customers.mutation import CustomerMutation
from api.graphql.customers.part_mutation import CustomerPartMutation
from api.graphql.customers.query import CustomerQuery
from api.graphql.households.mutation import HouseholdMutation
from api.graphql.households.query import HouseholdQuery
from api.graphql.jobs.mutation import JobMutation
from api.graphql.jobs.query import JobQuery
from api.graphql.keys.mutation import MachineKeyMutation
from api.graphql.keys.query import MachineKeyQuery
from api.graphql.objectives.mutation import ObjectiveMutation
from api.graphql.objectives.query import ObjectiveQuery
from api.graphql.objectives.target_mutation import TargetMutation
from api.graphql.offers.eligibility import OfferEligibilityQuery
from api.graphql.offers.mutation import OfferMutation
from api.graphql.offers.query import OfferQuery
from api.graphql.once import IDEMPOTENT
from api.graphql.opportunities.mutation import OpportunityMutation
from api.graphql.opportunities.query import OpportunityQuery
from api.graphql.orders.mutation import OrderMutation
from api.graphql.orders.payment_mutation import PaymentMutation
from api.graphql.orders.query import OrderQuery
from api.graphql.personal.mutation import PersonalMutation
from api.graphql.personal.query import PersonalQuery
from api.graphql.planning import rights
from api.graphql.points.mutation import PointsMutation
from api.graphql.points.query import PointsQuery
from api.graphql.products.mutation import ProductMutation
from api.graphql.products.query import ProductQuery
from api.graphql.products.stock_mutation import StockMutation
from api.graphql.relay import Node, type_of
from api.graphql.scalars import SCALARS
from api.graphql.scores.mutation import ScoreMutation
from api.graphql.scores.query import ScoreQuery
from api.graphql.segments.mutation import SegmentMutation
from api.graphql.segments.query import SegmentQuery
from api.graphql.subscriptions.types import Subscription
from api.graphql.tasks.mutation import TaskMutation
from api.graphql.tasks.query import TaskQuery
from api.graphql.touchpoints.mutation import TouchpointMutation
from api.graphql.touchpoints.query import TouchpointQuery
from api.graphql.upserts.field import keep_large
from api.graphql.upserts.mutation import Upserts
from api.graphql.upserts.scalars import SOURCE_VERSION, SourceVersion
from api.graphql.users.mutation import UserMutation
from api.graphql.users.query import UserQuery
from api.graphql.viewer import ViewerQuery


@strawberry.type
class Query(
    AccessLogQuery,
    BranchQuery,
    CaseQuery,
    CompanyQuery,
    ConsentQuery,
    ContentQuery,
    CubeCellQuery,
    CubeQuery,
    CustomerQuery,
    HouseholdQuery,
    JobQuery,
    MachineKeyQuery,
    ObjectiveQuery,
    OfferEligibilityQuery,
    OfferQuery,
    OpportunityQuery,
    OrderQuery,
    PersonalQuery,
    PointsQuery,
    ProductQuery,
    ScoreQuery,
    SegmentQuery,
    TaskQuery,
    TouchpointQuery,
    UserQuery,
    ViewerQuery,
):
    node: Node | None = roots.node(description="Any node by its id; null for absent and invisible alike.")
    nodes: list[Node | None] = roots.nodes(description="Nodes in the order of their ids.")


@strawberry.type(description="Changes: each field is one transaction, in the order of the document.")
class Mutation(
    BranchMutation,
    CaseMutation,
    ConsentMutation,
    ContentMutation,
    CustomerDeclaringMutation,
    CustomerMergeMutation,
    CustomerMutation,
    CustomerPartMutation,
    HouseholdMutation,
    JobMutation,
    MachineKeyMutation,
    ObjectiveMutation,
    OfferMutation,
    OpportunityMutation,
    OrderMutation,
    PaymentMutation,
    PersonalMutation,
    PointsMutation,
    ProductMutation,
    ScoreMutation,
    SegmentMutation,
    StockMutation,
    TargetMutation,
    TaskMutation,
    TouchpointMutation,
    Upserts,
    UserMutation,
):
    pass


@cache
def schema() -> GraphQLSchema:
    """The schema that documents are validated and executed against, made once. Raises what `check` raises."""
    found = made()
    check(found)
    return found


def made() -> GraphQLSchema:
    """The schema, not checked yet."""
    types = strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(
            scalar_map={**SCALARS, SourceVersion: SOURCE_VERSION}, disable_field_suggestions=True
        ),
    )
    found: GraphQLSchema = types._schema  # noqa: SLF001  # Strawberry offers no public way to it
    for type_ in found.type_map.values():
        # Strawberry checks @oneOf by itself and does not tell graphql-core, which validates and prints it.
        if isinstance(type_, GraphQLInputObjectType) and type_.extensions[rights.BACKREF].is_one_of:
            type_.is_one_of = True
        # It takes the first type that does not object, too: ours are told by the rows.
        if isinstance(type_, GraphQLUnionType):
            type_.resolve_type = type_of
    found.directives = (*found.directives, IDEMPOTENT)
    keep_large(found)
    return found
