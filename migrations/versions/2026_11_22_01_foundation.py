"""The first tables, the feed with its triggers, dated traits, currencies and the business calendar."""

from alembic import op

from migrations import scripts

revision = "2026_11_22_01"
down_revision = None
branch_labels = None
depends_on = None

ROOTS = {
    "branches": "branch",
    "users": "user",
    "customers": "customer",
    "categories": "category",
    "products": "product",
    "orders": "order",
    "touchpoints": "touchpoint",
    "offers": "offer",
    "offer_grants": "offer_grant",
}

PARTS = {
    "user_branches": ("users", "user_id"),
    "customer_external_ids": ("customers", "customer_id"),
    "contact_points": ("customers", "customer_id"),
    "product_external_ids": ("products", "product_id"),
    "order_lines": ("orders", "order_id"),
    "offer_grant_states": ("offer_grants", "grant_id"),
}


def upgrade() -> None:
    scripts.run("tables", "touch_roots", "feed", "traits", "currencies")
    for root, aggregate in ROOTS.items():
        op.execute(f"SELECT follow_root('{root}', '{aggregate}')")
    for part, (root, column) in PARTS.items():
        op.execute(f"SELECT follow_part('{part}', '{root}', '{column}')")
    op.execute("""
        INSERT INTO calendar_days (key, day)
        SELECT extract(year FROM day) * 10000 + extract(month FROM day) * 100 + extract(day FROM day), day::date
        FROM generate_series(date '1950-01-01', date '2079-12-31', interval '1 day') AS day
    """)
    op.execute("INSERT INTO company DEFAULT VALUES")
    op.execute("SELECT make_change_partitions(30)")


def downgrade() -> None:
    op.execute("""
        DROP TABLE change, customer_versions, product_versions, customer_external_ids, contact_points,
            product_external_ids, order_lines, touchpoints, offer_grant_states, offer_grants, offers, orders,
            customers, products, categories, user_branches, users, branches, currencies, calendar_days, company
    """)
    op.execute("""
        DROP FUNCTION root_before_update(), root_inserted(), root_updated(), root_deleted(), part_inserted(),
            part_updated(), part_deleted(), touch_roots(regclass, bigint[]), follow_root(regclass, text),
            follow_part(regclass, regclass, text), refuse_truncate(), make_change_partitions(integer),
            change_origin(), customer_versions_inserted(), customer_versions_updated(),
            product_versions_inserted(), product_versions_updated()
    """)
