"""Who the token says is asking."""

import strawberry

from api.context import Context
from api.graphql.enums import Role
from domain.roles import Scope

strawberry.enum(Scope, description="Whose rows an actor sees.")


@strawberry.type(description="Whoever asks.")
class Viewer:
    subject: str
    role: Role
    scope: Scope


def _viewer(info: strawberry.Info[Context, None]) -> Viewer:
    actor = info.context.actor
    return Viewer(subject=actor.subject, role=actor.role, scope=actor.scope)


@strawberry.type
class ViewerQuery:
    viewer: Viewer = strawberry.field(resolver=_viewer, description="Who is asking.")
