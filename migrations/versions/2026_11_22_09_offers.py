"""Contents, objectives and targets; who may be given an offer; the past of visitors."""

from alembic import op

from migrations import scripts

revision = "2026_11_22_09"
down_revision = "2026_11_22_08"
branch_labels = None
depends_on = None

ROOTS = {"contents": "content", "objectives": "objective", "targets": "target"}

PARTS = {
    "content_products": ("contents", "content_id"),
    "offer_rules": ("offers", "offer_id"),
    "offer_excluded_customers": ("offers", "offer_id"),
}


def upgrade() -> None:
    scripts.run("contents", "objectives", "offer_rules")
    for root, aggregate in ROOTS.items():
        op.execute(f"SELECT follow_root('{root}', '{aggregate}')")
    for part, (root, column) in PARTS.items():
        op.execute(f"SELECT follow_part('{part}', '{root}', '{column}')")


def downgrade() -> None:
    op.execute(
        "DROP INDEX ix_touchpoints_visitor, ix_offer_grants_open, ix_offers_product_id_id, ix_offers_valid_to_id"
    )
    op.execute("DROP TABLE offer_excluded_customers, offer_rules")
    op.execute("ALTER TABLE offers DROP COLUMN category_id")
    op.execute("DROP TABLE targets, objectives, content_products, contents")
    op.execute("DROP FUNCTION objective_path(bigint), objectives_no_circle()")
