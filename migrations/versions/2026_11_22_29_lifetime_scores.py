"""What customers will bring, kept by the day on which models told it."""

from alembic import op

from migrations import scripts

revision = "2026_11_22_29"
down_revision = "2026_11_22_28"
branch_labels = None
depends_on = None


def upgrade() -> None:
    scripts.run("lifetime_scores")


def downgrade() -> None:
    op.execute("DROP TABLE lifetime_runs, lifetime_scores")
