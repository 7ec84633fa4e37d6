"""Which scheme of RFM the company's cube shows, and the events by which the star follows memberships in segments."""

from alembic import op

from migrations import scripts

revision = "2026_11_22_21"
down_revision = "2026_11_22_20"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE company ADD rfm_scheme TEXT COLLATE \"C\" DEFAULT 'default' NOT NULL")
    scripts.run("customer_months")


def downgrade() -> None:
    for event in ("inserted", "updated", "deleted"):
        op.execute(f"DROP TRIGGER members_{event} ON segment_members")
    op.execute("DROP TRIGGER rfm_scheme_moved ON company")
    op.execute("DROP FUNCTION members_moved(), rfm_scheme_moved()")
    op.execute("ALTER TABLE company DROP rfm_scheme")
