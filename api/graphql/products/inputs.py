"""What is told about products and categories that are created or changed."""

from collections.abc import Sequence

import strawberry
from strawberry import Maybe

from api.graphql.inputs import key_at, money, said
from api.graphql.money import MoneyInput
from domain.products.categories import CategoryDetails
from domain.products.details import Attribute, ExternalId, ProductDetails


@strawberry.input(description="One attribute of a product.")
class ProductAttributeInput:
    name: str
    value: str = strawberry.field(description='A number can be compared as one if it is written so: "1.5".')


@strawberry.input(description="The name that another system has for the product.")
class ProductExternalIdInput:
    system: str
    id: str


@strawberry.input
class ProductInput:
    """What may be told when a product is created and when it is changed. Its amounts are in one currency."""

    english_name: Maybe[str | None]
    category_id: Maybe[strawberry.ID | None] = strawberry.field(
        description="Another one is a move: where it was is kept."
    )
    list_price: Maybe[MoneyInput | None]
    unit_cost: Maybe[MoneyInput | None]
    attributes: Maybe[list[ProductAttributeInput] | None] = strawberry.field(
        description="Replaces the whole list."
    )
    external_ids: Maybe[list[ProductExternalIdInput] | None] = strawberry.field(
        description="Replaces the whole list."
    )


@strawberry.input(description="A new product.")
class CreateProductInput(ProductInput):
    code: str = strawberry.field(description="Unique, and never changed.")
    name: str


@strawberry.input(description="A change of a product: what is absent is left as it is, null clears.")
class UpdateProductInput(ProductInput):
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    name: Maybe[str | None]


@strawberry.input(description="A product that is not sold any more.")
class DiscontinueProductInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")


@strawberry.input(description="A discontinued product that is sold again.")
class ReinstateProductInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")


@strawberry.input(description="A new category.")
class CreateCategoryInput:
    name: str
    english_name: Maybe[str | None]
    parent_id: Maybe[strawberry.ID | None] = strawberry.field(description="Without one it stands at the top.")


@strawberry.input(description="A change of a category: what is absent is left as it is, null clears.")
class UpdateCategoryInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    name: Maybe[str | None]
    english_name: Maybe[str | None]
    parent_id: Maybe[strawberry.ID | None] = strawberry.field(
        description="Another one is a move, with all that lies below; null moves it to the top."
    )


def _attributes(given: Sequence[ProductAttributeInput]) -> list[Attribute]:
    return [Attribute(each.name, each.value) for each in given]


def _external_ids(given: Sequence[ProductExternalIdInput]) -> list[ExternalId]:
    return [ExternalId(each.system, each.id) for each in given]


def product_details(input: ProductInput) -> ProductDetails:
    """The details for the domain. Raises Invalid for an id of another type."""
    found: ProductDetails = said(
        input,
        category_id=key_at("Category", "category_id"),
        list_price=money,
        unit_cost=money,
        attributes=_attributes,
        external_ids=_external_ids,
    )
    return found


def category_details(input: CreateCategoryInput | UpdateCategoryInput) -> CategoryDetails:
    """The details for the domain. Raises Invalid for an id of another type."""
    found: CategoryDetails = said(input, parent_id=key_at("Category", "parent_id"))
    return found
