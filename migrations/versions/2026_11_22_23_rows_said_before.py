"""What a source last said of a thing is known by a digest, and so is the state of the thing that it led to."""

from alembic import op

revision = "2026_11_22_23"
down_revision = "2026_11_22_22"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        ALTER TABLE source_versions
            ADD COLUMN said BYTEA,
            ADD COLUMN root_id BIGINT,
            ADD COLUMN root_version INTEGER,
            DROP CONSTRAINT ck_source_versions_number_or_time,
            ADD CONSTRAINT ck_source_versions_number_or_time CHECK (num_nonnulls(number, at) <= 1),
            ADD CONSTRAINT ck_source_versions_said_of_a_version
                CHECK (num_nonnulls(said, root_id, root_version) IN (0, 3))
    """)


def downgrade() -> None:
    op.execute("DELETE FROM source_versions WHERE num_nonnulls(number, at) = 0")
    op.execute("""
        ALTER TABLE source_versions
            DROP COLUMN said,
            DROP COLUMN root_id,
            DROP COLUMN root_version,
            DROP CONSTRAINT ck_source_versions_number_or_time,
            ADD CONSTRAINT ck_source_versions_number_or_time CHECK (num_nonnulls(number, at) = 1)
    """)
