"""What is told about contents that are created or changed."""

from collections.abc import Sequence
from datetime import datetime

import strawberry
from strawberry import Maybe

from api.graphql.inputs import key, said
from domain.contents.details import ContentDetails


@strawberry.input
class ContentInput:
    """What may be told when a content is created and when it is changed. It has a body or a URL, not both."""

    body: Maybe[str | None]
    url: Maybe[str | None]
    topics: Maybe[list[str] | None] = strawberry.field(description="Replaces the whole list.")
    product_ids: Maybe[list[strawberry.ID] | None] = strawberry.field(description="Replaces the whole list.")
    valid_from: Maybe[datetime | None] = strawberry.field(description="Now, unless another time is given.")
    valid_to: Maybe[datetime | None] = strawberry.field(
        description="The first moment at which it is not valid."
    )


@strawberry.input(description="A new content.")
class CreateContentInput(ContentInput):
    title: str
    language: str = strawberry.field(description="As BCP 47 writes it: ko, en-GB.")


@strawberry.input(description="A change of a content: what is absent is left as it is, null clears.")
class UpdateContentInput(ContentInput):
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    title: Maybe[str | None]
    language: Maybe[str | None]


@strawberry.input(description="A content that is given no more.")
class RetireContentInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")


def details(input: ContentInput) -> ContentDetails:
    """The details for the domain. Raises Invalid for an id of another type."""
    found: ContentDetails = said(input, product_ids=_products)
    return found


def _products(given: Sequence[str]) -> list[int]:
    return [key(each, "Product", "product_ids", place) for place, each in enumerate(given)]
