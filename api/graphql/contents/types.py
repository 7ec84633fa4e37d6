"""Contents as the API shows them."""

from datetime import datetime

import strawberry

from api.graphql.fields import column, reads, relation
from api.graphql.filters import BooleanFilter, DateTimeFilter, IdFilter, Many, TextFilter, TextListFilter
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.products.types import Product, ProductFilter
from api.graphql.relay import Connection, Node
from domain.contents.queries import contents


@filters
class ContentFilter:
    id: IdFilter | None = where(contents.id)
    title: TextFilter | None = where(contents.title)
    language: TextFilter | None = where(contents.language)
    topics: TextListFilter | None = where(contents.topics)
    products: Many[ProductFilter] | None = where(contents.products)
    current: BooleanFilter | None = where(contents.current, description="Valid now, and not retired.")
    valid_from: DateTimeFilter | None = where(contents.valid_from)
    valid_to: DateTimeFilter | None = where(contents.valid_to)
    retired_at: DateTimeFilter | None = where(contents.retired_at)
    created_at: DateTimeFilter | None = where(contents.created_at)
    updated_at: DateTimeFilter | None = where(contents.updated_at)


@reads(
    contents,
    filter=ContentFilter,
    order=ordering(
        "Content",
        TITLE=contents.title,
        CREATED_AT=contents.created_at,
        UPDATED_AT=contents.updated_at,
        VALID_FROM=contents.valid_from,
        VALID_TO=contents.valid_to,
        ID=contents.id,
    ),
)
@strawberry.type
class Content(Node):
    """Information to give to customers: a text of our own or an address, in one language."""

    title: str
    body: str | None
    url: str | None
    language: str = column(contents.language, description="As BCP 47 writes it: ko, en-GB.")
    topics: list[str]
    products: Connection[Product] = relation(contents.products, description="Those it is about.")
    valid_from: datetime
    valid_to: datetime | None
    current: bool = column(contents.current, description="Valid now, and not retired.")
    retired_at: datetime | None = column(contents.retired_at, description="Since when it is given no more.")
    created_at: datetime
    updated_at: datetime
    version: int
