"""Root fields of users."""

import strawberry

from api.graphql.relay import Connection
from api.graphql.roots import all_of
from api.graphql.users.types import User
from domain.users.queries import users


@strawberry.type
class UserQuery:
    users: Connection[User] = all_of(users)
