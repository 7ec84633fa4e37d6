"""What may be asked of tasks, and who sees which."""

from sqlalchemy import ColumnElement, FromClause

from domain.access import Actor
from domain.branches.queries import branches
from domain.cases.queries import cases
from domain.customers.queries import customers
from domain.opportunities.queries import opportunities
from domain.selection.entities import DESC, Entity, many, one
from domain.tasks.model import Task
from domain.tasks.states import TO_DO
from domain.touchpoints.queries import touchpoints
from domain.users.queries import users
from domain.work.due import overdue
from domain.work.priorities import rank
from domain.work.sight import visible_work


def visible_to(actor: Actor, row: FromClause = Task.__table__) -> ColumnElement[bool]:
    """The tasks that the actor may see, as a condition on the table or on an alias of it."""
    return visible_work(actor, row)


class Tasks(Entity):
    priority_rank = rank()
    overdue = overdue(TO_DO)
    customer = one(lambda: customers, on=lambda task, customer: customer.c.id == task.c.customer_id)
    owner = one(lambda: users, on=lambda task, user: user.c.id == task.c.owner_id)
    branch = one(lambda: branches, on=lambda task, branch: branch.c.id == task.c.branch_id)
    case = one(lambda: cases, on=lambda task, case: case.c.id == task.c.case_id)
    opportunity = one(lambda: opportunities, on=lambda task, row: row.c.id == task.c.opportunity_id)
    touchpoint = one(lambda: touchpoints, on=lambda task, touchpoint: touchpoint.c.id == task.c.touchpoint_id)
    created_by = one(lambda: users, on=lambda task, user: user.c.id == task.c.created_by_id)
    closed_by = one(lambda: users, on=lambda task, user: user.c.id == task.c.closed_by_id)


tasks: Tasks = Tasks("Task", Task.__table__, visible_to=visible_to, order=(("created_at", DESC),))

tasks_of_customer = many(lambda: tasks, on=lambda customer, task: task.c.customer_id == customer.c.id)
tasks_of_user = many(lambda: tasks, on=lambda user, task: task.c.owner_id == user.c.id)
tasks_of_case = many(lambda: tasks, on=lambda case, task: task.c.case_id == case.c.id)
tasks_of_opportunity = many(lambda: tasks, on=lambda row, task: task.c.opportunity_id == row.c.id)
