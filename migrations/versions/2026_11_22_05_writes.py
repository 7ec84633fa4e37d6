"""Records of idempotent writes."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_05"
down_revision = "2026_11_22_04"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sa.Text(collation="C")
    op.create_table(
        "idempotency_records",
        sa.Column("client", text, nullable=False),
        sa.Column("key", text, nullable=False),
        sa.Column("place", text, nullable=False),
        sa.Column("fingerprint", text, nullable=False),
        sa.Column("answer", text),
        sa.Column("personal", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.PrimaryKeyConstraint("client", "key", "place", name="pk_idempotency_records"),
    )
    op.create_index("ix_idempotency_records_created_at", "idempotency_records", ["created_at"])


def downgrade() -> None:
    op.drop_table("idempotency_records")
