"""The ledger of points, and consents."""

from alembic import op

from migrations import scripts

revision = "2026_11_22_08"
down_revision = "2026_11_22_07"
branch_labels = None
depends_on = None


def upgrade() -> None:
    scripts.run("points", "consents")
    op.execute("SELECT follow_root('points_entries', 'points_entry')")
    op.execute("SELECT follow_root('consents', 'consent')")


def downgrade() -> None:
    op.execute("DROP TABLE consents, points_entries, points_schemes")
    op.execute("DROP FUNCTION append_only(), points_not_negative()")
