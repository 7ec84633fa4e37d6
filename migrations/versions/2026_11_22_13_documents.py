"""Trusted documents."""

from alembic import op

revision = "2026_11_22_13"
down_revision = "2026_11_22_12"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE trusted_documents (
            digest text COLLATE "C" NOT NULL CONSTRAINT pk_trusted_documents PRIMARY KEY,
            name text COLLATE "C" NOT NULL,
            text text COLLATE "C" NOT NULL,
            registered_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT ck_trusted_documents_digest_is_of_the_text
                CHECK (digest = encode(sha256(convert_to(text, 'UTF8')), 'hex')),
            CONSTRAINT ck_trusted_documents_text_is_not_too_large CHECK (octet_length(text) <= 262144)
        )
    """)


def downgrade() -> None:
    op.execute("DROP TABLE trusted_documents")
