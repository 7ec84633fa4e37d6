"""What the cube's star shows and no aggregate tells: its events are in the feed, for the cube alone."""

from alembic import op

from migrations import scripts

revision = "2026_11_22_20"
down_revision = "2026_11_22_19"
branch_labels = None
depends_on = None

TOLD = {
    "customers": ("customers_born", "customer_born"),
    "holidays": ("holidays_moved", "holiday_moved"),
    "company": ("fiscal_year_moved", "fiscal_year_moved"),
}
"""By table: the trigger, and the function behind it."""


def upgrade() -> None:
    scripts.run("told_to_the_star")


def downgrade() -> None:
    for table, (trigger, function) in TOLD.items():
        op.execute(f"DROP TRIGGER {trigger} ON {table}")
        op.execute(f"DROP FUNCTION {function}()")
    op.execute("DROP FUNCTION tell_the_star(text, bigint)")
