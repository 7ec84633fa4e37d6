"""Of which of the company's days customers were told their stages, so that a night that was missed is made up for."""

from alembic import op

revision = "2026_11_23_33"
down_revision = "2026_11_22_32"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE TABLE lifecycle_runs (told_on DATE NOT NULL, CONSTRAINT pk_lifecycle_runs PRIMARY KEY (told_on))"
    )


def downgrade() -> None:
    op.execute("DROP TABLE lifecycle_runs")
