"""The business: SQLAlchemy and pure Python over one Postgres."""
