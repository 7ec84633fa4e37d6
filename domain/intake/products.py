"""Merging staged products and the categories that they name."""

from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.intake import files
from domain.intake.counts import Counts
from domain.intake.masters import Field, Master
from domain.intake.staging import IN_RANGE, PRODUCTS, Range

SEPARATOR = "\x1f"
"""What joins the names of a category's path in a staged row."""

_TEXT = 'text COLLATE "C"'

TREE = """
    WITH RECURSIVE tree AS (
        SELECT id, ARRAY[name] AS path FROM categories WHERE parent_id IS NULL
        UNION ALL
        SELECT c.id, t.path || c.name FROM categories c JOIN tree t ON c.parent_id = t.id
    )
"""

_CODE = """CASE WHEN EXISTS (SELECT FROM products p WHERE p.code = g.external_id)
                THEN :system || ':' || g.external_id ELSE g.external_id END"""

PRODUCT = Master(
    staging=PRODUCTS,
    root="products",
    external_ids="product_external_ids",
    key="product_id",
    fields=(
        Field("name", _TEXT, empty="g.external_id"),
        Field(
            "category",
            "bigint",
            column="category_id",
            # A path that is not here yet differs from every stored one; only a dry run meets it.
            value="(SELECT coalesce(max(c.id), -1) FROM intake_categories c WHERE c.path = g.category "
            "HAVING g.category IS NOT NULL)",
        ),
        Field("list_price", "numeric(19, 4)"),
        Field("unit_cost", "numeric(19, 4)"),
        Field("currency", _TEXT),
    ),
    late="""EXISTS (SELECT FROM order_lines l JOIN orders o ON o.id = l.order_id
            WHERE l.product_id = r.id AND o.source_system = :system AND o.ordered_at > g.at)""",
    made=(("code", _CODE),),
)

CATEGORIES_TABLE = (
    f"CREATE TEMPORARY TABLE IF NOT EXISTS intake_categories (path {_TEXT} PRIMARY KEY, id bigint NOT NULL) "
    "ON COMMIT DELETE ROWS"
)


async def merge_products(
    connection: AsyncConnection, *, system: str, given: Collection[str], within: Range, dry_run: bool = False
) -> Counts:
    """The staged products of the range are here, under their external ids of `system`; unchanged ones untouched.

    `given` names the staged columns that the rows carry; others are left as they are. Categories are made as
    their paths ask for. A new product's code is its external id, or `system:id` if that code is
    taken: the two are never taken for one product. Eight statements, and one a level of the category tree.
    """
    if "category" in given:
        await _settle_categories(connection, within, dry_run=dry_run)
    merge = files.plan if dry_run else files.apply
    return await merge(connection, PRODUCT, system=system, given=given, within=within)


# Told apart as text: a range of 30,000 arrays took a third of a second to sort, in each statement.
_PATHS = f"""
    SELECT string_to_array(category, '{SEPARATOR}') AS path FROM (
        SELECT DISTINCT category
        FROM {PRODUCTS} WHERE category IS NOT NULL AND {IN_RANGE.format(key="external_id")}
    ) AS named
"""

_MAKE_LEVEL = f"""
    INSERT INTO categories (parent_id, name)
    {TREE}, wanted AS (
        SELECT DISTINCT path[1:CAST(:level AS integer)] AS path FROM ({_PATHS}) AS paths
    )
    SELECT parent.id, w.path[CAST(:level AS integer)]
    FROM wanted w LEFT JOIN tree parent ON parent.path = w.path[1:CAST(:level AS integer) - 1]
    WHERE cardinality(w.path) = CAST(:level AS integer)
      AND NOT EXISTS (SELECT FROM tree t WHERE t.path = w.path)
    ORDER BY w.path
    ON CONFLICT DO NOTHING
"""


async def _settle_categories(connection: AsyncConnection, within: Range, *, dry_run: bool) -> None:
    """Every path of the range is a category, unless it is a dry run, and intake_categories knows its id."""
    if not dry_run:
        deepest = f"SELECT coalesce(max(cardinality(path)), 0) FROM ({_PATHS}) AS paths"
        depth = int(await connection.scalar(text(deepest), within.bounds) or 0)
        for level in range(1, depth + 1):
            await connection.execute(text(_MAKE_LEVEL), {"level": level, **within.bounds})
    await connection.execute(
        text(
            f"{TREE} INSERT INTO intake_categories SELECT array_to_string(path, '{SEPARATOR}'), id FROM tree"
        )
    )
