"""Schema versions by date, run by alembic."""
