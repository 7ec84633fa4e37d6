"""Root fields of contents."""

import strawberry

from api.graphql.contents.types import Content
from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id
from domain.contents.queries import contents


@strawberry.type
class ContentQuery:
    content: Content | None = by_id(contents)
    contents: Connection[Content] = all_of(contents)
