"""What may be asked of cases, and who sees which. The times are those that the package explains."""

from sqlalchemy import (
    Boolean,
    ColumnElement,
    DateTime,
    FromClause,
    Integer,
    Numeric,
    case,
    cast,
    func,
    select,
)

from domain.access import Actor
from domain.branches.queries import branches
from domain.cases.model import Case, CaseMove, CaseTouchpoint
from domain.cases.states import ANSWERS, CLOSED, SOLVED, WAIT_FOR_US, WORKED_ON
from domain.customers.queries import customers
from domain.selection.entities import DESC, Entity, Row, Term, computed, many, one
from domain.selection.sql import constant, number
from domain.touchpoints.model import Direction, Touchpoint
from domain.touchpoints.queries import touchpoints
from domain.users.queries import users
from domain.work.due import is_in, overdue
from domain.work.priorities import rank
from domain.work.sight import visible_work


def visible_to(actor: Actor, row: FromClause = Case.__table__) -> ColumnElement[bool]:
    """The cases that the actor may see, as a condition on the table or on an alias of it."""
    return visible_work(actor, row)


def _first_touch(row: Row) -> ColumnElement[object]:
    link, touch = CaseTouchpoint.__table__.alias(), Touchpoint.__table__.alias()
    first = (
        select(func.min(touch.c.occurred_at))
        .select_from(link.join(touch, touch.c.id == link.c.touchpoint_id))
        .where(
            link.c.case_id == row.c.id,
            touch.c.direction == constant(Direction.OUTBOUND.value),
            touch.c.occurred_at >= row.c.opened_at,
        )
    )
    return first.correlate(row).scalar_subquery()


def _first_answer(row: Row) -> ColumnElement[object]:
    move = CaseMove.__table__.alias()
    first = select(func.min(move.c.moved_at)).where(
        move.c.case_id == row.c.id, is_in(move.c.to_state, ANSWERS)
    )
    return first.correlate(row).scalar_subquery()


def _first_responded_at(row: Row) -> ColumnElement[object]:
    """The earlier of the two; LEAST passes over nulls."""
    return func.least(_first_touch(row), _first_answer(row), type_=DateTime(timezone=True))


def _seconds(span: ColumnElement[object]) -> ColumnElement[int]:
    return cast(func.floor(func.extract("epoch", span)), Integer())


def _waited_for_us(row: Row) -> ColumnElement[int]:
    """Seconds in NEW and OPEN: each move out of them adds its time, each move into them takes its time away."""
    move = CaseMove.__table__.alias()
    at = cast(func.extract("epoch", move.c.moved_at), Numeric())
    left = case((is_in(move.c.from_state, WAIT_FOR_US), at), else_=number(0))
    entered = case((is_in(move.c.to_state, WAIT_FOR_US), at), else_=number(0))
    total = select(func.floor(func.sum(left - entered))).where(move.c.case_id == row.c.id).correlate(row)
    return case((row.c.solved_at.is_not(None), cast(total.scalar_subquery(), Integer())))


def _reopened(row: Row) -> ColumnElement[int]:
    move = CaseMove.__table__.alias()
    count = select(func.count()).where(move.c.case_id == row.c.id, is_in(move.c.from_state, (SOLVED, CLOSED)))
    counted = count.where(is_in(move.c.to_state, WORKED_ON)).correlate(row)
    return cast(func.coalesce(counted.scalar_subquery(), number(0)), Integer())


class CaseMoves(Entity):
    moved_by = one(lambda: users, on=lambda move, user: user.c.id == move.c.moved_by_id)


case_moves = CaseMoves("CaseMove", CaseMove.__table__)


def _linked(row: Row, touchpoint: Row) -> ColumnElement[bool]:
    link = CaseTouchpoint.__table__.alias()
    keys = select(link.c.touchpoint_id).where(link.c.case_id == row.c.id).correlate(row)
    return touchpoint.c.id.in_(keys)


class Cases(Entity):
    priority_rank = rank()
    overdue = overdue(WORKED_ON)
    solved_in_time = computed(lambda row: row.c.solved_at <= row.c.due_at, Boolean())
    first_responded_at = computed(_first_responded_at, DateTime(timezone=True))
    first_response_seconds = computed(
        lambda row: _seconds(_first_responded_at(row) - row.c.opened_at), Integer()
    )
    solution_seconds = computed(_waited_for_us, Integer())
    elapsed_seconds = computed(lambda row: _seconds(row.c.solved_at - row.c.opened_at), Integer())
    times_reopened = computed(_reopened, Integer(), nullable=False)
    customer = one(lambda: customers, on=lambda row, customer: customer.c.id == row.c.customer_id)
    branch = one(lambda: branches, on=lambda row, branch: branch.c.id == row.c.branch_id)
    owner = one(lambda: users, on=lambda row, user: user.c.id == row.c.owner_id)
    moves = many(
        lambda: case_moves,
        on=lambda row, move: move.c.case_id == row.c.id,
        order=(Term(case_moves.id),),
    )
    touchpoints = many(lambda: touchpoints, on=_linked)


cases: Cases = Cases("Case", Case.__table__, visible_to=visible_to, order=(("opened_at", DESC),))

cases_of_customer = many(lambda: cases, on=lambda customer, row: row.c.customer_id == customer.c.id)
cases_of_user = many(lambda: cases, on=lambda user, row: row.c.owner_id == user.c.id)
