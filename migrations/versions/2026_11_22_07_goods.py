"""Histories of products and categories; stock; payments and shipments of orders."""

from alembic import op

from migrations import scripts

revision = "2026_11_22_07"
down_revision = "2026_11_22_06"
branch_labels = None
depends_on = None

ROOTS = {
    "warehouses": "warehouse",
    "stock_levels": "stock_level",
    "payments": "payment",
    "shipments": "shipment",
}

PARTS = {
    "product_attributes": ("products", "product_id"),
    "shipment_lines": ("shipments", "shipment_id"),
}

TRIGGERS = {
    "products": ("prices_inserted", "prices_updated", "past_updated"),
    "categories": ("dated_inserted", "dated_updated", "paths_inserted", "paths_updated"),
}


def upgrade() -> None:
    scripts.run("goods", "goods_past")
    for root, aggregate in ROOTS.items():
        op.execute(f"SELECT follow_root('{root}', '{aggregate}')")
    for part, (root, column) in PARTS.items():
        op.execute(f"SELECT follow_part('{part}', '{root}', '{column}')")
    _begin_the_past()


def _begin_the_past() -> None:
    """What is here already has the past that triggers give to what comes new."""
    op.execute("""
        INSERT INTO product_prices (product_id, valid_from, list_price, unit_cost, currency)
        SELECT id, '0001-01-01 00:00:00+00', list_price, unit_cost, currency FROM products ORDER BY id
    """)
    op.execute("""
        INSERT INTO category_versions (category_id, valid_from, parent_id, name)
        SELECT id, '0001-01-01 00:00:00+00', parent_id, name FROM categories ORDER BY id
    """)
    op.execute("""
        WITH RECURSIVE up AS (
            SELECT id AS category_id, id AS ancestor_id, parent_id, 0 AS depth FROM categories
            UNION ALL
            SELECT up.category_id, c.id, c.parent_id, up.depth + 1
            FROM up JOIN categories c ON c.id = up.parent_id WHERE up.depth < 99
        )
        INSERT INTO category_paths (category_id, ancestor_id, depth)
        SELECT category_id, ancestor_id, depth FROM up
    """)


def downgrade() -> None:
    op.execute("DROP TABLE shipment_states, shipment_lines, shipments, payment_states, payments")
    op.execute("DROP TABLE stock_levels, warehouses")
    for table, triggers in TRIGGERS.items():
        for trigger in triggers:
            op.execute(f"DROP TRIGGER {trigger} ON {table}")
    op.execute("DROP TABLE product_changes, product_prices, product_attributes")
    op.execute("DROP TABLE category_versions, category_paths")
    op.execute("ALTER TABLE order_lines DROP COLUMN returned_line_id, DROP COLUMN booked_at")
    op.execute("ALTER TABLE orders DROP COLUMN agent_id, DROP COLUMN original_id, DROP COLUMN cancelled_at")
    op.execute("DROP INDEX ix_products_list_price_id")
    op.execute("ALTER TABLE products DROP COLUMN english_name")
    op.execute("ALTER TABLE categories DROP COLUMN english_name")
    op.execute("""
        DROP FUNCTION dated_inserted(), dated_updated(), product_changed(), category_paths_written(),
            payment_states_noted(), shipment_states_noted()
    """)
