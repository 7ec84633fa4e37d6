"""The file of an export: a ZIP with one JSON file, which holds the rows of every table that speaks of the person."""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, MetaData, Select, any_, bindparam, cast, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.db import Engine
from domain.personal.paths import belongs, subjects, ways

MEMBER = "subject.json"
INTERNAL = frozenset({"changed_xid"})
ROWS = 500


@dataclass(frozen=True)
class Archive:
    """The file as written."""

    path: Path
    bytes: int
    sha256: str


async def write_archive(
    engine: Engine, customer_id: int, *, path: Path, now: datetime, tables: MetaData
) -> Archive:
    """All rows that speak of the customer are in the file, of one snapshot. One statement a table."""
    with _new(path) as file:
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ")
            with (
                zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
                archive.open(MEMBER, "w") as out,
            ):
                await _write(connection, out, customer_id, now=now, tables=tables)
        file.flush()
        os.fsync(file.fileno())
    return _written(path)


def _new(path: Path) -> IO[bytes]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")


def _written(path: Path) -> Archive:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Archive(path, path.stat().st_size, digest)


async def _write(
    connection: AsyncConnection, out: IO[bytes], customer_id: int, *, now: datetime, tables: MetaData
) -> None:
    head = json.dumps({"customer": customer_id, "made_at": now.isoformat()})
    out.write(f'{head[:-1]}, "tables": {{'.encode())
    for number, (name, statement) in enumerate(_statements(tables)):
        out.write(f"{',' if number else ''}\n{json.dumps(name)}: [".encode())
        await _write_rows(connection, out, statement, customer_id)
        out.write(b"]")
    out.write(b"\n}}\n")


async def _write_rows(
    connection: AsyncConnection, out: IO[bytes], statement: Select[Any], customer_id: int
) -> None:
    between = ""
    found = await connection.stream(statement, {"subjects": [customer_id]})
    async for rows in found.mappings().partitions(ROWS):
        for row in rows:
            line = json.dumps(dict(row), default=_shown, ensure_ascii=False)
            out.write(f"{between}\n{line}".encode())
            between = ","


def _statements(tables: MetaData) -> Iterator[tuple[str, Select[Any]]]:
    found = ways(tables)
    for name in found:
        table = tables.tables[name]
        columns = [column for column in table.columns if column.name not in INTERNAL]
        yield name, select(*columns).where(belongs(table, found)).order_by(*table.primary_key.columns)
    members, households = tables.tables["household_members"], tables.tables["households"]
    of_mine = exists().where(
        members.c.household_id == households.c.id, members.c.customer_id == any_(subjects())
    )
    yield "households", select(households.c.id, households.c.name).where(of_mine)
    log = tables.tables["access_log"]
    seen = log.c.subject_ids.overlap(cast(bindparam("subjects"), ARRAY(BigInteger())))
    yield "access_log", select(log.c.at, log.c.role, log.c.kind, log.c.groups).where(seen).order_by(log.c.id)


def _shown(value: Any) -> Any:
    """Numbers keep their digits as text, times have their offset, bytes are hex."""
    match value:
        case datetime() | date():
            return value.isoformat()
        case Decimal() | UUID():
            return str(value)
        case bytes():
            return value.hex()
    raise TypeError(f"{type(value).__name__} has no form in JSON")
