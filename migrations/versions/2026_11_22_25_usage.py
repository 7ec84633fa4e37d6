"""Whether the system is used: calls by day, role and operation."""

from alembic import op

from migrations import scripts

revision = "2026_11_22_25"
down_revision = "2026_11_22_24"
branch_labels = None
depends_on = None


def upgrade() -> None:
    scripts.run("usage")


def downgrade() -> None:
    op.execute("DROP TABLE usage_calls")
    op.execute("DROP FUNCTION usage_counted()")
