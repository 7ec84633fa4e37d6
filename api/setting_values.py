"""What the values of settings may be. Each function gives the value, or raises ValueError with what it must be."""

import json
import re
from typing import Any

from pydantic import ValidationInfo

from olap.engines.names import EngineName


def database_url(url: str | None) -> str | None:
    """A Postgres address."""
    if url is not None and not url.startswith(("postgresql://", "postgres://")):
        raise ValueError("must be a Postgres address such as postgresql://user:password@host/database")
    return url


CUBE_ADDRESSES = {
    EngineName.DUCKDB: ("duckdb:///", "a DuckDB file such as duckdb:///var/lib/dangol/cube.duckdb"),
    EngineName.POSTGRES: ("", "left out: the engine postgres reads the store itself"),
    EngineName.CLICKHOUSE: ("clickhouse://", "a server such as clickhouse://user:password@host:8123/dangol"),
}
"""How the address of each engine's cube begins, and what it is."""


def cube_url(url: str | None, given: ValidationInfo) -> str | None:
    """An address as the engine beside it needs one."""
    engine = given.data.get("cube_engine", EngineName.DUCKDB)
    begins, what = CUBE_ADDRESSES[engine]
    missing = url is None and engine is EngineName.CLICKHOUSE
    if missing or (url is not None and not (begins and url.startswith(begins) and len(url) > len(begins))):
        raise ValueError(
            f"must be {what}" if engine is EngineName.DUCKDB else f"with cube_engine {engine} must be {what}"
        )
    return url


def cube_cluster(name: str | None, given: ValidationInfo) -> str | None:
    """A cluster's name, with the engine that has clusters."""
    if name is None:
        return None
    if given.data.get("cube_engine") is not EngineName.CLICKHOUSE:
        raise ValueError("is for cube_engine clickhouse only")
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) is None:
        raise ValueError("must be a cluster's name: letters, digits and underscores")
    return name


SIZES = {"": 1, "kB": 2**10, "MB": 2**20, "GB": 2**30, "TB": 2**40}
SMALLEST = 2**26
"""Bytes with which an engine can do anything at all."""


def size(given: Any) -> Any:
    """The bytes of a size such as 4GB."""
    found = re.fullmatch(r"([0-9]{1,15})(kB|MB|GB|TB|)", given) if isinstance(given, str) else None
    told = int(found[1]) * SIZES[found[2]] if found is not None else given
    if told is not None and (not isinstance(told, int) or told < SMALLEST):
        raise ValueError("must be a size such as 4GB, with kB, MB, GB or TB behind it, and 64MB at least")
    return told


LOCALHOST = "localhost"
"""Among the allowed origins: pages that this machine serves, on any port."""

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-fA-F:]+\](:[0-9]{1,5})?")


def parted(given: Any) -> Any:
    """The parts of a text with commas or in JSON."""
    if not isinstance(given, str):
        return given
    if given.startswith("["):
        return from_json(given)
    return [part.strip() for part in given.split(",") if part.strip()]


def origins(given: tuple[str, ...]) -> tuple[str, ...]:
    """Origins of pages."""
    for origin in given:
        if origin != LOCALHOST and _ORIGIN.fullmatch(origin) is None:
            raise ValueError(f"must be origins such as https://crm.example.com, or {LOCALHOST}")
    return given


def from_json(given: Any) -> Any:
    """What a text says in JSON."""
    if not isinstance(given, str):
        return given
    try:
        return json.loads(given)
    except ValueError:
        raise ValueError("must be JSON: a list of objects") from None
