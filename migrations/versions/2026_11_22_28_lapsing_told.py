"""The star is told when the rules of the lifecycle change: after how many days of silence a customer counts as lost."""

from alembic import op

from migrations import scripts

revision = "2026_11_22_28"
down_revision = "2026_11_22_27"
branch_labels = None
depends_on = None


def upgrade() -> None:
    scripts.run("lapsing_told")


def downgrade() -> None:
    op.execute("DROP TRIGGER lifecycle_rules_moved ON lifecycle_rules")
    op.execute("DROP FUNCTION lifecycle_rules_moved()")
