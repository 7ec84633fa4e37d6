"""RFM: dated schemes, and the scores of customers."""

from alembic import op

from migrations import scripts

revision = "2026_11_22_17"
down_revision = "2026_11_22_16"
branch_labels = None
depends_on = None


def upgrade() -> None:
    scripts.run("scores")


def downgrade() -> None:
    op.execute("DROP TABLE rfm_runs, rfm_scores, rfm_schemes")
