"""What may be asked of products, categories and what they were. Everybody sees them."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Integer,
    Text,
    case,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from domain.company.amounts import amount
from domain.products.model import (
    Category,
    CategoryPath,
    CategoryVersion,
    Product,
    ProductAttribute,
    ProductChange,
    ProductExternalId,
    ProductPrice,
    ProductVersion,
)
from domain.selection.entities import ASC, DESC, Entity, Row, Search, Term, computed, many, one

_NO_NAMES = cast(literal_column("'{}'"), ARRAY(Text()))


def _names(category_id: ColumnElement[int], of: Row) -> ColumnElement[list[str]]:
    """The names from the top of the tree down to the category with this key."""
    way, above = CategoryPath.__table__.alias(), Category.__table__.alias()
    names = func.array_agg(aggregate_order_by(above.c.name, way.c.depth.desc()), type_=ARRAY(Text()))
    found = select(names).join_from(way, above, above.c.id == way.c.ancestor_id)
    return found.where(way.c.category_id == category_id).correlate(of).scalar_subquery()


def _depth(category: Row) -> ColumnElement[int]:
    way = CategoryPath.__table__.alias()
    found = select(func.max(way.c.depth)).where(way.c.category_id == category.c.id).correlate(category)
    return func.coalesce(found.scalar_subquery(), 0)


_path, _at = CategoryPath.__table__.c, Category.__table__.c
_above = (
    select(_path.category_id.label("below_id"), *Category.__table__.c)
    .join_from(CategoryPath.__table__, Category.__table__, _at.id == _path.ancestor_id)
    .subquery("above")
)
_categories_above = Entity("Category", _above)
"""Each category once for each that lies at or below it, whose key is `below_id`."""


class CategoryVersions(Entity):
    parent = one(lambda: categories, on=lambda version, parent: parent.c.id == version.c.parent_id)


category_versions = CategoryVersions(
    "CategoryVersion", CategoryVersion.__table__, order=(("valid_from", DESC),)
)


class Categories(Entity):
    path = computed(
        lambda category: func.coalesce(_names(category.c.id, category), _NO_NAMES),
        ARRAY(Text()),
        nullable=False,
    )
    depth = computed(_depth, Integer(), nullable=False)
    top = computed(lambda category: category.c.parent_id.is_(None), Boolean(), nullable=False)
    parent = one(lambda: categories, on=lambda category, parent: parent.c.id == category.c.parent_id)
    children = many(lambda: categories, on=lambda category, child: child.c.parent_id == category.c.id)
    history = many(
        lambda: category_versions, on=lambda category, version: version.c.category_id == category.c.id
    )
    at_or_above = many(
        lambda: _categories_above, on=lambda category, above: above.c.below_id == category.c.id
    )
    """The categories it lies in, itself among them."""


categories: Categories = Categories("Category", Category.__table__, order=(("name", ASC),))

product_external_ids = Entity("ExternalId", ProductExternalId.__table__, ties=("system", "external_id"))
product_attributes = Entity("ProductAttribute", ProductAttribute.__table__, ties=("name",))


class CategoryPeriods(Entity):
    category = one(lambda: categories, on=lambda period, category: category.c.id == period.c.category_id)


category_periods = CategoryPeriods(
    "ProductCategoryPeriod", ProductVersion.__table__, order=(("valid_from", DESC),)
)


class PricePeriods(Entity):
    list_price = amount(lambda period: period.c.list_price, lambda period: period.c.currency, exact=True)
    unit_cost = amount(lambda period: period.c.unit_cost, lambda period: period.c.currency, exact=True)


price_periods = PricePeriods("ProductPricePeriod", ProductPrice.__table__, order=(("valid_from", DESC),))


def _told(change: Row, value: ColumnElement[str]) -> ColumnElement[str]:
    """The value as text; a category as the names from the top, as they are today."""
    of_category = change.c.field == "category_id"
    key = cast(case((of_category, value)), BigInteger())
    return case((of_category, func.array_to_string(_names(key, change), " > ")), else_=value)


class ProductChanges(Entity):
    field = computed(
        lambda change: case((change.c.field == "category_id", "category"), else_=change.c.field),
        Text(),
        nullable=False,
    )
    old = computed(lambda change: _told(change, change.c.old), Text())
    new = computed(lambda change: _told(change, change.c.new), Text())


product_changes = ProductChanges("ProductChange", ProductChange.__table__, order=(("id", DESC),))


class Products(Entity):
    list_price = amount(lambda product: product.c.list_price, lambda product: product.c.currency, exact=True)
    unit_cost = amount(lambda product: product.c.unit_cost, lambda product: product.c.currency, exact=True)
    category = one(lambda: categories, on=lambda product, category: category.c.id == product.c.category_id)
    at_or_above = many(
        lambda: _categories_above, on=lambda product, above: above.c.below_id == product.c.category_id
    )
    """The categories it lies in, at any height."""
    external_ids = many(
        lambda: product_external_ids,
        on=lambda product, name: name.c.product_id == product.c.id,
        order=(Term(product_external_ids.system), Term(product_external_ids.external_id)),
    )
    attributes = many(
        lambda: product_attributes,
        on=lambda product, attribute: attribute.c.product_id == product.c.id,
        order=(Term(product_attributes.name),),
    )
    history = many(lambda: product_changes, on=lambda product, change: change.c.product_id == product.c.id)
    category_history = many(
        lambda: category_periods, on=lambda product, period: period.c.product_id == product.c.id
    )
    price_history = many(
        lambda: price_periods, on=lambda product, period: period.c.product_id == product.c.id
    )


products = Products(
    "Product",
    Product.__table__,
    order=(("name", ASC),),
    search=Search(names=("name", "code"), indexed=True, words="name or code"),
)

products_of_category = many(
    lambda: products, on=lambda category, product: product.c.category_id == category.c.id
)


def _lies_below(category: Row, product: Row) -> ColumnElement[bool]:
    way = CategoryPath.__table__.alias()
    below = select(way.c.category_id).where(way.c.ancestor_id == category.c.id).correlate(category)
    return product.c.category_id.in_(below)


products_at_or_below = many(lambda: products, on=_lies_below)
