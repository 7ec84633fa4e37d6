"""Touchpoints are append only, whoever writes."""

from alembic import op

from migrations import scripts

revision = "2026_11_22_04"
down_revision = "2026_11_22_03"
branch_labels = None
depends_on = None


def upgrade() -> None:
    scripts.run("touchpoints_append_only")


def downgrade() -> None:
    op.execute("DROP TRIGGER append_only ON touchpoints")
    op.execute("DROP FUNCTION touchpoints_append_only()")
