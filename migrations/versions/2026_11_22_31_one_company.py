"""The planner knows that there is one company: most views of the mart are joined with it, each row of a store's.

A table of one row changes too rarely to be analysed by itself, and one that never was counts for ten pages: of 50
orders' lines Postgres expected 12,740 rows in mart.sales, now 26, and read the whole calendar for them.
"""

from alembic import op

revision = "2026_11_22_31"
down_revision = "2026_11_22_30"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ANALYZE company")


def downgrade() -> None:
    """What the planner knows stays true."""
