"""Upserts of products and categories."""

from typing import Any

import strawberry
from strawberry import Maybe

from api.graphql.external import ExternalKey
from api.graphql.money import MoneyInput
from api.graphql.products.types import Category, Product
from api.graphql.upserts.field import through, upserts
from api.graphql.upserts.inputs import UpsertAttribute, amount, naming, reading
from api.graphql.upserts.keys import CategoryKey, UpsertKey
from api.graphql.upserts.scalars import SourceVersion
from domain.intake.upserts.categories import CATEGORIES
from domain.intake.upserts.outcomes import CodeTaken, NameTaken, Policy, Unchangeable
from domain.intake.upserts.products import PRODUCTS
from domain.products.errors import CategoryCircle, CategoryNameTaken, TreeTooDeep
from domain.products.queries import categories, products


@strawberry.input(
    description="What a system says of one product: what is absent is left as it is, null clears."
)
class UpsertProduct:
    key: UpsertKey
    source_version: Maybe[SourceVersion | None]
    code: Maybe[str | None] = strawberry.field(
        description="Of a new product: its name in the system unless given, with the system before it where that is "
        "taken. It never changes."
    )
    name: Maybe[str | None] = strawberry.field(description="A new product needs one.")
    english_name: Maybe[str | None]
    category: Maybe[CategoryKey | None]
    list_price: Maybe[MoneyInput | None]
    unit_cost: Maybe[MoneyInput | None]
    active: Maybe[bool | None]
    attributes: Maybe[list[UpsertAttribute] | None] = strawberry.field(
        description="Attributes of other names are left as they are."
    )
    also_known_as: Maybe[list[ExternalKey] | None] = strawberry.field(
        description="Further names that systems have for the product; none is taken away."
    )


@strawberry.input(description="Products as a system knows them, 1 to 10,000 a call.")
class UpsertProductsInput:
    policy: Policy
    rows: list[UpsertProduct]


@strawberry.input(
    description="What a system says of one category: what is absent is left as it is, null clears."
)
class UpsertCategory:
    key: UpsertKey
    source_version: Maybe[SourceVersion | None]
    name: Maybe[str | None] = strawberry.field(description="A new category needs one.")
    english_name: Maybe[str | None]
    parent: Maybe[CategoryKey | None] = strawberry.field(
        description="May come in the same call, named by its external id, before or after its children. Null: the top."
    )


@strawberry.input(description="Categories as a system knows them, 1 to 10,000 a call.")
class UpsertCategoriesInput:
    policy: Policy
    rows: list[UpsertCategory]


_product = reading(
    key=naming("key", "Product"),
    category=naming("category", "Category"),
    list_price=amount,
    unit_cost=amount,
)
_category = reading(key=naming("key", "Category"), parent=naming("parent", "Category"))


@strawberry.type
class ProductUpserts:
    upsert_products: Any = upserts(
        "upsert_products",
        Product,
        products,
        UpsertProductsInput,
        _product,
        through(PRODUCTS),
        errors={"EXTERNAL_ID_TAKEN": NameTaken, "CODE_TAKEN": CodeTaken, "UNCHANGEABLE": Unchangeable},
        description="Create or change products by the names that other systems have for them.",
    )
    upsert_categories: Any = upserts(
        "upsert_categories",
        Category,
        categories,
        UpsertCategoriesInput,
        _category,
        through(CATEGORIES),
        errors={"NAME_TAKEN": CategoryNameTaken, "CIRCLE": CategoryCircle, "TOO_DEEP": TreeTooDeep},
        description="Create, change or move categories by the names that other systems have for them.",
    )
