"""Households, custom attributes, merges, history and lifecycle of customers."""

from alembic import op

from migrations import scripts

revision = "2026_11_22_06"
down_revision = "2026_11_22_05"
branch_labels = None
depends_on = None


ROOTS = {"customer_attributes": "customer_attribute", "households": "household"}

PARTS = {
    "customer_attribute_values": ("customers", "customer_id"),
    "household_members": ("households", "household_id"),
}


def upgrade() -> None:
    scripts.run("customers")
    for root, aggregate in ROOTS.items():
        op.execute(f"SELECT follow_root('{root}', '{aggregate}')")
    for part, (root, column) in PARTS.items():
        op.execute(f"SELECT follow_part('{part}', '{root}', '{column}')")
    scripts.run("customer_history", "touchpoints_merged")


def downgrade() -> None:
    op.execute("DROP TRIGGER history_updated ON customers")
    for part in ("contact_points", "customer_external_ids"):
        for event in ("inserted", "updated", "deleted"):
            op.execute(f"DROP TRIGGER history_{event} ON {part}")
    op.execute("DROP TRIGGER append_only ON touchpoints")
    op.execute("DROP FUNCTION touchpoints_append_only()")
    scripts.run("touchpoints_append_only")
    op.execute("""
        DROP TABLE customer_attribute_values, customer_attributes, household_members, households, customer_history,
            customer_merges, customer_lifecycle_stages, lifecycle_rules
    """)
    op.execute("""
        DROP FUNCTION customer_merged(bigint, bigint), opaque_id(text, bigint), customer_history_updated(),
            customer_history_part(), follow_customer_part(regclass, text, text, text, text)
    """)
    op.execute("ALTER TABLE customers DROP COLUMN lifecycle_stage, DROP COLUMN lifecycle_since")
