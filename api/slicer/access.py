"""Who may ask the cube, and which of its facts: the actor's role and scope as the plan's row filter."""

from api.errors import Forbidden
from api.permissions import ANALYSE, require
from domain.access import Actor
from domain.messages import say
from domain.roles import ApiScope, Scope
from olap.plan import NONE, RowFilter

NOTHING = RowFilter(branch_keys=frozenset())


def row_filter_of(actor: Actor) -> RowFilter:
    """What the actor may see of the facts. Raises Forbidden for a role or a key that may not ask the cube at all."""
    require(actor, ApiScope.READ)
    if actor.role not in ANALYSE:
        allowed = ", ".join(sorted(role.lower() for role in ANALYSE))
        raise Forbidden(
            say(
                "the role {role} may not ask the cube; roles that may: {allowed}",
                role=actor.role.lower(),
                allowed=allowed,
            )
        )
    return sight_of(actor)


def sight_of(actor: Actor) -> RowFilter:
    """Whose facts the actor sees, as the domain has it, whether he may ask cubes or not."""
    match actor.scope:
        case Scope.ALL:
            return NONE
        case Scope.BRANCH:
            return RowFilter(branch_keys=actor.branch_ids)
        case Scope.OWN:
            return NOTHING if actor.user_id is None else RowFilter(owner_id=actor.user_id)
