"""What may be asked of products and categories. Everybody sees them."""

from sqlalchemy import ARRAY, ColumnElement, Integer, Text, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from domain.company.amounts import amount
from domain.products.model import Category, Product, ProductExternalId
from domain.selection.entities import ASC, Entity, Row, Term, computed, many, one

DEEPEST = 100
"""Ends the walk up the tree, should somebody have made a circle of it by hand."""


def _path(category: Row) -> ColumnElement[list[str]]:
    """The names from the top of the tree down to the category."""
    base = select(category.c.parent_id, category.c.name, literal(0, Integer()).label("depth")).correlate(
        category
    )
    up = base.cte("up", recursive=True, nesting=True)
    parent = Category.__table__.alias()
    above = select(parent.c.parent_id, parent.c.name, up.c.depth + 1)
    up = up.union_all(above.where(parent.c.id == up.c.parent_id, up.c.depth < DEEPEST))
    names = func.array_agg(aggregate_order_by(up.c.name, up.c.depth.desc()), type_=ARRAY(Text()))
    return select(names).scalar_subquery()


class Categories(Entity):
    path = computed(_path, ARRAY(Text()), nullable=False)
    parent = one(lambda: categories, on=lambda category, parent: parent.c.id == category.c.parent_id)
    children = many(lambda: categories, on=lambda category, child: child.c.parent_id == category.c.id)


categories: Categories = Categories("Category", Category.__table__, order=(("name", ASC),))

product_external_ids = Entity("ExternalId", ProductExternalId.__table__)


class Products(Entity):
    list_price = amount(lambda product: product.c.list_price, lambda product: product.c.currency, exact=True)
    unit_cost = amount(lambda product: product.c.unit_cost, lambda product: product.c.currency, exact=True)
    category = one(lambda: categories, on=lambda product, category: category.c.id == product.c.category_id)
    external_ids = many(
        lambda: product_external_ids,
        on=lambda product, name: name.c.product_id == product.c.id,
        order=(Term(product_external_ids.system), Term(product_external_ids.external_id)),
    )


products = Products("Product", Product.__table__, order=(("name", ASC),))

products_of_category = many(
    lambda: products, on=lambda category, product: product.c.category_id == category.c.id
)
