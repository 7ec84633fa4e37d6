"""What staged rows of an upsert mean: each stands for itself, absent leaves, and null clears.

What the plan calls `external_id` is here the row's place in its call; what the row is about stands beside it.

What the store knows of a row is looked up by its key: OFFSET 0 keeps such a query as it is. A join would be the
planner's affair, whose statistics are those of before a load: it read and hashed all source_versions for each call.
"""

from collections.abc import Mapping, Sequence

from domain.intake.masters import Field, Form, Master

_TEXT = 'text COLLATE "C"'

STAGED: Mapping[str, str] = {
    "external_id": f"{_TEXT} NOT NULL",
    "source_system": _TEXT,
    "source_name": _TEXT,
    "id": "bigint",
    "said_number": "bigint",
    "said_at": "timestamptz",
    "clears": "bigint NOT NULL",
    "said": "bytea",
}
"""What every staged row has: the name of what it is about or our id of it, the version of its source, a bit for each
field that it clears, and the digest by which the row is known again."""

PARTS = tuple((name, "") for name in ("source_system", "source_name", "stale", "newer"))

ON_ROOT = (("source_system", "g.source_system"), ("source_id", "g.source_name"))
"""The columns of a new root that holds its name itself."""


def _staged(master: Master, _: Sequence[str]) -> str:
    return f"""
        SELECT g.*, coalesce(v.number > g.said_number OR v.at > g.said_at, false) AS stale,
               (g.said_number IS NOT NULL AND g.said_number IS DISTINCT FROM v.number)
                   OR (g.said_at IS NOT NULL AND g.said_at IS DISTINCT FROM v.at) AS newer
        FROM {master.staging} g
        LEFT JOIN LATERAL (
            SELECT v.number, v.at FROM source_versions v
            WHERE v.aggregate = :aggregate AND v.system = g.source_system AND v.external_id = g.source_name OFFSET 0
        ) v ON true
    """


def _found(master: Master, _: str) -> str:
    names, key, name = (
        (master.external_ids, master.key, "n.system = g.source_system AND n.external_id = g.source_name")
        if master.external_ids
        else (master.root, "id", "n.source_system = g.source_system AND n.source_id = g.source_name")
    )
    return f"""
        LEFT JOIN LATERAL (SELECT n.{key} FROM {names} n WHERE {name} OFFSET 0) n ON true
        LEFT JOIN LATERAL (
            SELECT r.* FROM {master.root} r
            WHERE r.id = CASE WHEN g.source_name IS NULL THEN g.id ELSE n.{key} END OFFSET 0
        ) r ON true
    """


def bit(master: Master, column: str) -> int:
    """The bit of `clears` that says that the row clears this column."""
    return 1 << [field.target for field in master.fields].index(column)


def _settled(master: Master, field: Field) -> str:
    ends = f", {field.empty}" if field.empty else ""
    value = f"coalesce({field.staged}, r.{field.target}{ends})"
    return f"CASE WHEN g.clears & {bit(master, field.target)} = 0 THEN {value} END"


UPSERTS = Form(
    staged=_staged,
    found=_found,
    settled=_settled,
    named=("g.source_system", "g.source_name"),
    also={"version": "integer"},
    numbers=True,
)


def table(master: Master) -> Mapping[str, str]:
    """The columns of the staging table of the master's rows."""
    extra = {part: _TEXT for part, _ in master.parts if (part, "") not in PARTS}
    return {**STAGED, **{field.name: field.type for field in master.fields}, **extra}
