"""Memberships in segments follow the feed, from a position of their own."""

from alembic import op

from migrations import scripts

revision = "2026_11_22_22"
down_revision = "2026_11_22_21"
branch_labels = None
depends_on = None


def upgrade() -> None:
    scripts.run("segment_follower")


def downgrade() -> None:
    for trigger in ("customer_left", "customer_left_by_deleting"):
        op.execute(f"DROP TRIGGER {trigger} ON orders")
    op.execute("DROP FUNCTION customer_left()")
    op.execute("DROP TABLE segments_due, segment_positions")
