"""Exchange rates, by which the cube converts amounts."""

from alembic import op

from migrations import scripts

revision = "2026_11_22_24"
down_revision = "2026_11_22_23"
branch_labels = None
depends_on = None


def upgrade() -> None:
    scripts.run("exchange_rates")


def downgrade() -> None:
    op.execute("DROP TABLE exchange_rates")
