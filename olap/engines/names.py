"""The engines by name."""

from enum import StrEnum


class EngineName(StrEnum):
    """What runs the cube's plans."""

    DUCKDB = "duckdb"
    POSTGRES = "postgres"
    CLICKHOUSE = "clickhouse"
