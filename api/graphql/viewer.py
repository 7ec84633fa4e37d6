"""Who the token or key says is asking, and what he may do."""

import strawberry
from strawberry.types.fields.resolver import StrawberryResolver

from api import permissions
from api.context import Context
from api.graphql.cube.types import few
from api.graphql.enums import ApiScope, Role, Scope
from api.graphql.fields import reads, relation, selected
from api.graphql.payloads import carrying
from api.graphql.planning.readings import OfOnly
from api.graphql.users.types import User
from domain.users.viewer import viewers

Action = strawberry.enum(
    permissions.Action, name="PermissionAction", description="What may be done with a type."
)
FieldGroup = strawberry.enum(
    permissions.Group, name="FieldGroup", description="Fields of a type that are granted together."
)


@strawberry.type(description="Something that the viewer may do.")
class Permission:
    type: str = strawberry.field(description="The name of a type of this schema.")
    action: Action  # type: ignore[valid-type]  # named for the schema
    group: FieldGroup  # type: ignore[valid-type]  # named for the schema


carrying(Permission)

MOST_PERMISSIONS = 200
"""More than any role has, for the cost."""


def _permissions(info: strawberry.Info[Context, None]) -> list[Permission]:
    role = info.context.actor.role
    return [
        Permission(type=type_name, action=action, group=group)
        for (type_name, action, group) in sorted(permissions.TABLE)
        if permissions.may(role, type_name, action, group)
    ]


def _api_scopes(info: strawberry.Info[Context, None]) -> list[ApiScope]:
    return sorted(info.context.actor.scopes)


@reads(viewers)
@strawberry.type
class Viewer:
    """Whoever asks."""

    subject: str
    role: Role
    scope: Scope
    user: User | None = relation(viewers.user, description="Null for a machine.")
    api_scopes: list[ApiScope] = strawberry.field(
        resolver=_api_scopes, description="What the token or key may be used for."
    )
    permissions: list[Permission] = few(MOST_PERMISSIONS, base_resolver=StrawberryResolver(_permissions))


@strawberry.type
class ViewerQuery:
    viewer: Viewer = selected(OfOnly(viewers), description="Who is asking.")
