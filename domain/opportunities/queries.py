"""What may be asked of opportunities, and who sees which."""

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    case,
    cast,
    func,
    literal_column,
    select,
)

from domain.access import Actor
from domain.branches.queries import branches
from domain.company.amounts import amount as money
from domain.company.model import Company
from domain.customers.queries import customers
from domain.offers.queries import offer_grants, offers
from domain.opportunities.model import (
    Opportunity,
    OpportunityGrant,
    OpportunityMove,
    OpportunityOffer,
    OpportunityStage,
)
from domain.opportunities.stages import OPEN
from domain.orders.queries import orders
from domain.selection.entities import DESC, Entity, Row, Term, computed, many, one
from domain.selection.sql import constant, number
from domain.touchpoints.queries import touchpoints
from domain.users.queries import users
from domain.work.due import is_in
from domain.work.sight import visible_work


def visible_to(actor: Actor, row: FromClause = Opportunity.__table__) -> ColumnElement[bool]:
    """The opportunities that the actor may see, as a condition on the table or on an alias of it."""
    return visible_work(actor, row)


def _stage_rank(row: Row) -> ColumnElement[int]:
    whens = [(row.c.stage == constant(each.value), number(at)) for at, each in enumerate(OpportunityStage)]
    return case(*whens, else_=number(len(OpportunityStage)))


def _overdue(row: Row) -> ColumnElement[bool]:
    """Whether the sale is still open on a day after the expected one, by the calendar of the company."""
    zone = select(Company.__table__.c.time_zone).scalar_subquery()
    today = cast(func.timezone(zone, func.now()), Date())
    late = is_in(row.c.stage, OPEN) & (row.c.expected_on < today)
    return func.coalesce(late, literal_column("false", Boolean()))


class OpportunityMoves(Entity):
    moved_by = one(lambda: users, on=lambda move, user: user.c.id == move.c.moved_by_id)


opportunity_moves = OpportunityMoves("OpportunityMove", OpportunityMove.__table__)


def _offered(row: Row, offer: Row) -> ColumnElement[bool]:
    link = OpportunityOffer.__table__.alias()
    keys = select(link.c.offer_id).where(link.c.opportunity_id == row.c.id).correlate(row)
    return offer.c.id.in_(keys)


def _granted(row: Row, grant: Row) -> ColumnElement[bool]:
    link = OpportunityGrant.__table__.alias()
    keys = select(link.c.grant_id).where(link.c.opportunity_id == row.c.id).correlate(row)
    return grant.c.id.in_(keys)


class Opportunities(Entity):
    amount = money(lambda row: row.c.amount, lambda row: row.c.currency)
    weighted_amount = money(
        lambda row: row.c.amount * row.c.probability / number(100), lambda row: row.c.currency
    )
    stage_rank = computed(_stage_rank, Integer(), nullable=False)
    overdue = computed(_overdue, Boolean(), nullable=False)
    customer = one(lambda: customers, on=lambda row, customer: customer.c.id == row.c.customer_id)
    branch = one(lambda: branches, on=lambda row, branch: branch.c.id == row.c.branch_id)
    owner = one(lambda: users, on=lambda row, user: user.c.id == row.c.owner_id)
    touchpoint = one(lambda: touchpoints, on=lambda row, touchpoint: touchpoint.c.id == row.c.touchpoint_id)
    order = one(lambda: orders, on=lambda row, order: order.c.id == row.c.order_id)
    offers = many(lambda: offers, on=_offered)
    grants = many(lambda: offer_grants, on=_granted)
    moves = many(
        lambda: opportunity_moves,
        on=lambda row, move: move.c.opportunity_id == row.c.id,
        order=(Term(opportunity_moves.id),),
    )


opportunities: Opportunities = Opportunities(
    "Opportunity", Opportunity.__table__, visible_to=visible_to, order=(("opened_at", DESC),)
)

opportunities_of_customer = many(
    lambda: opportunities, on=lambda customer, row: row.c.customer_id == customer.c.id
)
opportunities_of_user = many(lambda: opportunities, on=lambda user, row: row.c.owner_id == user.c.id)
opportunities_of_order = many(lambda: opportunities, on=lambda order, row: row.c.order_id == order.c.id)
