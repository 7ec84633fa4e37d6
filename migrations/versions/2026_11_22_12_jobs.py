"""Jobs, retention, exports and erasures of persons."""

from alembic import op

from migrations import scripts

revision = "2026_11_22_12"
down_revision = "2026_11_22_11"
branch_labels = None
depends_on = None

SPEAK_OF_PERSONS = ("touchpoints", "offer_grants", "cases", "opportunities", "tasks", "consents")
"""Tables that take nothing more of an erased customer."""

TABLES = "retention_run_items, retention_runs, retention_rules, subject_exports, tombstones, erasures, erasure_store"


def upgrade() -> None:
    path = "current_setting('search_path')"
    op.execute("CREATE SCHEMA jobs")
    op.execute(f"SELECT set_config('dangol.path', {path}, true), set_config('search_path', 'jobs', true)")
    scripts.run("procrastinate")
    op.execute("SELECT set_config('search_path', current_setting('dangol.path'), true)")
    scripts.run("jobs", "personal")
    for table in SPEAK_OF_PERSONS:
        op.execute(f"SELECT take_nothing_of_erased('{table}')")


def downgrade() -> None:
    for table in SPEAK_OF_PERSONS:
        op.execute(f"DROP TRIGGER erased_inserted ON {table}")
        op.execute(f"DROP TRIGGER erased_updated ON {table}")
    op.execute("DROP TRIGGER erased_stay ON customers")
    op.execute("DROP TRIGGER erased_stay_away_inserted ON customer_external_ids")
    op.execute("DROP TRIGGER erased_stay_away_updated ON customer_external_ids")
    op.execute(
        "DROP FUNCTION erased_stay(), erased_stay_away(), erased_take_nothing(), take_nothing_of_erased(regclass),"
        " is_erased(text, text), tombstone(text, text)"
    )
    op.execute(f"DROP TABLE {TABLES}")
    op.execute("ALTER TABLE customers DROP COLUMN erased_at")
    op.execute("DROP SCHEMA jobs CASCADE")
