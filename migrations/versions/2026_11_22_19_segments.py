"""Segments, and who is and was in them."""

from alembic import op

from migrations import scripts

revision = "2026_11_22_19"
down_revision = "2026_11_22_18"
branch_labels = None
depends_on = None


def upgrade() -> None:
    scripts.run("segments")


def downgrade() -> None:
    op.execute("DROP TABLE segment_members, segments")
