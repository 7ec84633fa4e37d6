"""How far other systems have counted, and their names for categories."""

from alembic import op

revision = "2026_11_22_15"
down_revision = "2026_11_22_14"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE source_versions (
            aggregate TEXT COLLATE "C" NOT NULL,
            system TEXT COLLATE "C" NOT NULL,
            external_id TEXT COLLATE "C" NOT NULL,
            number BIGINT,
            at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_source_versions PRIMARY KEY (aggregate, system, external_id),
            CONSTRAINT ck_source_versions_number_or_time CHECK (num_nonnulls(number, at) = 1)
        )
    """)
    op.execute("""
        CREATE TABLE category_external_ids (
            system TEXT COLLATE "C" NOT NULL,
            external_id TEXT COLLATE "C" NOT NULL,
            category_id BIGINT NOT NULL,
            CONSTRAINT pk_category_external_ids PRIMARY KEY (system, external_id),
            CONSTRAINT fk_category_external_ids_category_id
                FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE CASCADE
        )
    """)
    op.execute("CREATE INDEX ix_category_external_ids_category_id ON category_external_ids (category_id)")
    op.execute("SELECT follow_part('category_external_ids', 'categories', 'category_id')")


def downgrade() -> None:
    op.execute("DROP TABLE category_external_ids, source_versions")
