"""How rows name what they are about and what they refer to, and what that is for the domain."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import strawberry

from api.graphql.external import ExternalId, ExternalKey
from domain.errors import Invalid
from domain.selection import ids

Given = Mapping[str, Any]


@strawberry.input(
    one_of=True,
    description="What the row is about, by id, or by the name that its system has for it: what is not there is "
    "created under that name.",
)
class UpsertKey:
    id: strawberry.ID | None = strawberry.UNSET
    external: ExternalKey | None = strawberry.UNSET


@strawberry.input(one_of=True, description="What the contact is called by its system. It has no other key.")
class TouchpointKey:
    external: ExternalKey | None = strawberry.UNSET


@strawberry.input(one_of=True, description="An order by id, or by the id that another system has for it.")
class OrderKey:
    id: strawberry.ID | None = strawberry.UNSET
    external: ExternalKey | None = strawberry.UNSET


@strawberry.input(
    one_of=True,
    description="A category by id, by the id that another system has for it, or by its path from the top.",
)
class CategoryKey:
    id: strawberry.ID | None = strawberry.UNSET
    external: ExternalKey | None = strawberry.UNSET
    path: list[str] | None = strawberry.UNSET


@strawberry.input(one_of=True, description="A user by id, or by the subject of his tokens.")
class UserKey:
    id: strawberry.ID | None = strawberry.UNSET
    subject: str | None = strawberry.UNSET


@strawberry.input(one_of=True, description="A warehouse by id or by its code.")
class WarehouseKey:
    id: strawberry.ID | None = strawberry.UNSET
    code: str | None = strawberry.UNSET


@strawberry.type(description="The key that a row was given.")
class GivenKey:
    id: strawberry.ID | None
    external: ExternalId | None


@strawberry.type(description="The product that a row named.")
class GivenProduct:
    id: strawberry.ID | None
    code: str | None
    external: ExternalId | None


@strawberry.type(description="The warehouse that a row named.")
class GivenWarehouse:
    id: strawberry.ID | None
    code: str | None


@strawberry.type(description="Of which rate a row was, as it was given.")
class GivenRate:
    from_currency: str
    to_currency: str
    valid_on: date


@strawberry.type(description="What a row of stock was about, as it was given.")
class GivenPlace:
    product: GivenProduct
    warehouse: GivenWarehouse


SEPARATOR = "\x1f"


def named(given: Given | None, type_name: str, *path: str | int) -> Any:
    """What the key names: our key, a system and its name, a code of ours; or why it names nothing."""
    if given is None:
        return None
    [(how, value)] = given.items()
    match how:
        case "external":
            return value["system"], value["id"]
        case "id":
            try:
                return ids.key(value, type_name)
            except ids.BadId as error:
                return Invalid(error.message, *path, "id")
        case "path":
            return SEPARATOR.join(value)
    return value
