"""What searches and orderings need: the grams of names, kept by triggers, and their indexes."""

from alembic import op

from migrations import scripts

revision = "2026_11_22_14"
down_revision = "2026_11_22_13"
branch_labels = None
depends_on = None

OTHERS = {"customers": "latin_name", "products": "code"}
"""The other name of each table that is searched, beside `name`."""


def upgrade() -> None:
    for table in OTHERS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN sought text COLLATE \"C\" NOT NULL DEFAULT ''")
        op.execute(f"ALTER TABLE {table} ADD COLUMN grams text[] COLLATE \"C\" NOT NULL DEFAULT '{{}}'")
    scripts.run("search_grams", "search")
    for table, other in OTHERS.items():
        # Nothing that anybody may follow changes: no version rises, and the feed is silent.
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        op.execute(f"UPDATE {table} SET sought = search_text(name, {other})")  # noqa: S608  # names of this file
        op.execute(f"UPDATE {table} SET grams = search_grams(sought, name)")  # noqa: S608  # as above
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        op.execute(
            f"CREATE INDEX ix_{table}_grams ON {table} USING gin (grams) WITH (gin_pending_list_limit = 1024)"
        )
        op.execute(
            f"CREATE INDEX ix_{table}_other ON {table} (substr(sought, strpos(sought, ' ') + 1, 2), name, id)"
        )
        op.execute(f"ALTER TABLE {table} ALTER COLUMN grams SET STATISTICS 300")


def downgrade() -> None:
    for table in OTHERS:
        op.execute(f"DROP TRIGGER a_grams ON {table}")
        op.execute(f"DROP INDEX ix_{table}_other")
        op.execute(f"ALTER TABLE {table} DROP COLUMN grams, DROP COLUMN sought")
    op.execute("""
        DROP FUNCTION customer_grams(), product_grams(), search_grams(text, text), search_text(text, text),
            search_key(text)
    """)
