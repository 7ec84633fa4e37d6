"""Mutations of products and categories."""

import strawberry

from api.graphql.inputs import key
from api.graphql.products.inputs import (
    CreateCategoryInput,
    CreateProductInput,
    DiscontinueProductInput,
    ReinstateProductInput,
    UpdateCategoryInput,
    UpdateProductInput,
    category_details,
    product_details,
)
from api.graphql.products.types import Category, Product
from api.graphql.writes import Write, writes
from api.permissions import Action
from domain.errors import StaleVersion
from domain.products import commands
from domain.products.categories import CategoryDetails, create_category, update_category
from domain.products.details import ProductDetails
from domain.products.errors import (
    CategoryCircle,
    CategoryNameTaken,
    ProductCodeTaken,
    ProductIdTaken,
    TreeTooDeep,
)
from domain.products.queries import categories, products

_STALE = {"STALE_VERSION": StaleVersion}
_TREE = {"NAME_TAKEN": CategoryNameTaken, "TREE_TOO_DEEP": TreeTooDeep}


@strawberry.type
class ProductMutation:
    @writes(
        Product,
        products,
        Action.CREATE,
        errors={"CODE_TAKEN": ProductCodeTaken, "EXTERNAL_ID_TAKEN": ProductIdTaken},
    )
    async def create_product(write: Write, input: CreateProductInput) -> int:
        """Add a product."""
        told: ProductDetails = {**product_details(input), "name": input.name}
        return await commands.create_product(write.session, input.code, details=told)

    @writes(Product, products, Action.UPDATE, errors={**_STALE, "EXTERNAL_ID_TAKEN": ProductIdTaken})
    async def update_product(write: Write, input: UpdateProductInput) -> int:
        """Change a product or move it to another category: what is absent is left as it is, null clears."""
        product_id = key(input.id, "Product", "id")
        await commands.update_product(
            write.session, product_id, changes=product_details(input), expected_version=input.expected_version
        )
        return product_id

    @writes(Product, products, Action.UPDATE, errors=_STALE)
    async def discontinue_product(write: Write, input: DiscontinueProductInput) -> int:
        """Stop selling a product; orders that have it keep it."""
        product_id = key(input.id, "Product", "id")
        await commands.set_active(write.session, product_id, False, expected_version=input.expected_version)
        return product_id

    @writes(Product, products, Action.UPDATE, errors=_STALE)
    async def reinstate_product(write: Write, input: ReinstateProductInput) -> int:
        """Sell a discontinued product again."""
        product_id = key(input.id, "Product", "id")
        await commands.set_active(write.session, product_id, True, expected_version=input.expected_version)
        return product_id

    @writes(Category, categories, Action.CREATE, errors=_TREE)
    async def create_category(write: Write, input: CreateCategoryInput) -> int:
        """Add a category to the tree."""
        told: CategoryDetails = {**category_details(input), "name": input.name}
        return await create_category(write.session, details=told)

    @writes(Category, categories, Action.UPDATE, errors={**_STALE, **_TREE, "CIRCLE": CategoryCircle})
    async def update_category(write: Write, input: UpdateCategoryInput) -> int:
        """Rename a category, or move it with all that lies below it. What it was is kept."""
        category_id = key(input.id, "Category", "id")
        await update_category(
            write.session,
            category_id,
            changes=category_details(input),
            expected_version=input.expected_version,
        )
        return category_id
