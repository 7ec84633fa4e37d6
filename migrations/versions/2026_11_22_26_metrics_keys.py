"""Machine keys may be for the figures of /metrics."""

from alembic import op

revision = "2026_11_22_26"
down_revision = "2026_11_22_25"
branch_labels = None
depends_on = None

_CHECK = "ck_machine_keys_api_scopes_known"


def upgrade() -> None:
    op.execute(f"ALTER TABLE machine_keys DROP CONSTRAINT {_CHECK}")
    op.execute(
        f"ALTER TABLE machine_keys ADD CONSTRAINT {_CHECK} CHECK ("
        "api_scopes <@ ARRAY['READ', 'WRITE', 'BULK', 'METRICS'] AND cardinality(api_scopes) > 0)"
    )


def downgrade() -> None:
    # A key for figures alone could do nothing: it ends, rather than to read rows that it was never meant for.
    op.execute("""
        DELETE FROM machine_key_secrets
        WHERE key_id IN (SELECT id FROM machine_keys WHERE api_scopes = ARRAY['METRICS'])
    """)
    op.execute("""
        UPDATE machine_keys SET api_scopes = ARRAY['READ'], revoked_at = coalesce(revoked_at, now())
        WHERE api_scopes = ARRAY['METRICS']
    """)
    op.execute("""
        UPDATE machine_keys SET api_scopes = array_remove(api_scopes, 'METRICS') WHERE 'METRICS' = ANY (api_scopes)
    """)
    op.execute(f"ALTER TABLE machine_keys DROP CONSTRAINT {_CHECK}")
    op.execute(
        f"ALTER TABLE machine_keys ADD CONSTRAINT {_CHECK} CHECK ("
        "api_scopes <@ ARRAY['READ', 'WRITE', 'BULK'] AND cardinality(api_scopes) > 0)"
    )
