"""The engine, the first build, the open cube, its owner and its verification, on a real Postgres and DuckDB."""
