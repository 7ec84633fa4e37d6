"""Users as the API shows them."""

import strawberry

from api.graphql.branches.types import Branch
from api.graphql.enums import Role
from api.graphql.fields import column, reads, relation
from api.graphql.filters import IdFilter, TextFilter
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.relay import Node
from api.permissions import Group
from domain.users.queries import users


@filters
class UserFilter:
    id: IdFilter | None = where(users.id)
    name: TextFilter | None = where(users.name)


@reads(users, filter=UserFilter, order=ordering("User", NAME=users.name, ID=users.id))
@strawberry.type
class User(Node):
    """Somebody who works here: an agent, an owner of customers, a marketer, ..."""

    name: str
    email: str | None = column(users.email, group=Group.CONTACT)
    role: Role
    active: bool
    branches: list[Branch] = relation(users.branches)
    version: int
