"""What may be asked of objectives and targets. Everybody sees them."""

from sqlalchemy import ARRAY, Boolean, ColumnElement, Text, func

from domain.base import FINE
from domain.objectives.model import Objective, Target
from domain.selection.entities import ASC, DESC, Entity, Row, computed, many, one
from domain.users.queries import users


class Objectives(Entity):
    path = computed(
        lambda objective: func.objective_path(objective.c.id, type_=ARRAY(Text())),
        ARRAY(Text()),
        nullable=False,
    )
    top = computed(lambda objective: objective.c.parent_id.is_(None), Boolean(), nullable=False)
    parent = one(lambda: objectives, on=lambda objective, parent: parent.c.id == objective.c.parent_id)
    children = many(lambda: objectives, on=lambda objective, child: child.c.parent_id == objective.c.id)
    owner = one(lambda: users, on=lambda objective, user: user.c.id == objective.c.owner_id)
    targets = many(lambda: targets, on=lambda objective, target: target.c.objective_id == objective.c.id)


objectives: Objectives = Objectives("Objective", Objective.__table__, order=(("created_at", DESC),))


TIMES = ("date", "fiscal")
"""The dimensions of the cubes that say days, known here by name alone."""


def _by_time(target: Row) -> ColumnElement[bool]:
    """Whether one of the cuts is of a time. What is escaped is a part of a member."""
    plain = func.regexp_replace(target.c.cut, r"\\.", "", "g", type_=Text())
    return plain.regexp_match(rf"(^|\|)!?({'|'.join(TIMES)})(@\w+)?:")


class Targets(Entity):
    cut_by_time = computed(_by_time, Boolean(), nullable=False)
    value = computed(lambda target: func.trim_scale(target.c.value), FINE, nullable=False)
    objective = one(lambda: objectives, on=lambda target, objective: objective.c.id == target.c.objective_id)
    owner = one(lambda: users, on=lambda target, user: user.c.id == target.c.owner_id)


targets: Targets = Targets("Target", Target.__table__, order=(("period_from", ASC),))
