"""What may be asked of jobs, by those who see all rows: a job may work on anybody's."""

from sqlalchemy import ColumnElement, false, true

from domain.access import Actor
from domain.jobs.model import overview
from domain.roles import Scope
from domain.selection.entities import DESC, Entity, Row


def visible_to(actor: Actor, _: Row) -> ColumnElement[bool]:
    """All jobs or none."""
    return true() if actor.scope is Scope.ALL else false()


jobs = Entity("Job", overview, visible_to=visible_to, order=(("id", DESC),))
