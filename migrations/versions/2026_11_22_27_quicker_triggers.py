"""Grams of names are made in half of the time, and roots that are new are not touched again by their first parts."""

from migrations import scripts

revision = "2026_11_22_27"
down_revision = "2026_11_22_26"
branch_labels = None
depends_on = None


def upgrade() -> None:
    scripts.run("touch_roots", "search_grams")


def downgrade() -> None:
    """What the functions do is what they did: nothing is to be taken back."""
