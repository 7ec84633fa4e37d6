"""Root fields of users."""

import strawberry

from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id
from api.graphql.users.types import User
from domain.users.queries import users


@strawberry.type
class UserQuery:
    user: User | None = by_id(users)
    users: Connection[User] = all_of(users)
