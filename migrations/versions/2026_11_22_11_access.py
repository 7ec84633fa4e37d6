"""Whose rows a user sees, machine keys, and the log of access to personal data."""

from alembic import op

from migrations import scripts

revision = "2026_11_22_11"
down_revision = "2026_11_22_10"
branch_labels = None
depends_on = None

PARTS = ("machine_key_secrets", "machine_key_branches")


def upgrade() -> None:
    scripts.run("access")
    op.execute("SELECT follow_root('machine_keys', 'machine_key')")
    for part in PARTS:
        op.execute(f"SELECT follow_part('{part}', 'machine_keys', 'key_id')")


def downgrade() -> None:
    op.execute(
        "DROP TABLE access_log, machine_key_uses, machine_key_branches, machine_key_secrets, machine_keys"
    )
    op.execute("DROP FUNCTION access_log_append_only()")
    op.execute("ALTER TABLE users DROP COLUMN scope")
