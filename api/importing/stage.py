"""Reading all files and staging their rows, the next batch read while the last one is copied."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from api.importing.progress import Phase, Step
from api.importing.rows import Converter, Rows
from api.importing.sources import Sheet
from api.importing.staged import Staged, staged
from api.importing.work import Work
from domain.intake.conflicts import refuse_contradictions
from domain.intake.staging import index_staging, stage


@dataclass
class Taken:
    """Rows read so far, and those of them that the mapping did not ask for."""

    read: int = 0
    filtered: int = 0


@dataclass(frozen=True)
class _Read:
    sheet: Sheet
    rows: Rows
    count: int
    share: float
    tables: list[Staged]


async def stage_files(work: Work) -> Taken:
    """Every row to take is staged, indexed and without contradictions; the others are in the rejects file.

    Raises SourceError if a file ends early; nothing has been merged then.
    """
    taken = Taken()
    read = _read_all(work)
    following = asyncio.create_task(asyncio.to_thread(next, read, None))
    try:
        while item := await following:
            following = asyncio.create_task(asyncio.to_thread(next, read, None))
            await _stage_one(work, item, taken)
    finally:
        await asyncio.gather(following, return_exceptions=True)
    async with work.connection.begin():
        await index_staging(work.connection)
        await _refuse_contradictions(work)
    return taken


def _sheets(work: Work) -> list[Sheet]:
    return [sheet for file in work.plan.files for sheet in file.sheets]


def _read_all(work: Work) -> Iterator[_Read]:
    """All batches of all files, converted. Runs in a worker thread."""
    mapping = work.plan.mapping
    sheets = _sheets(work)
    for source, sheet in enumerate(sheets):
        converter = Converter(mapping, sheet.path, work.currencies, work.attributes)
        for batch, share in sheet.batches(list(mapping.columns_for(sheet.path))):
            rows = converter.convert(batch)
            tables = staged(
                mapping, rows, source=source, currency=work.settings.currency, declared=work.attributes
            )
            yield _Read(
                sheet, rows, batch.rows + len(batch.unreadable), (source + share) / len(sheets), tables
            )


async def _stage_one(work: Work, item: _Read, taken: Taken) -> None:
    taken.read += item.count
    taken.filtered += item.rows.filtered
    for row in item.rows.rejected:
        work.rejects.add(
            file=item.sheet.path,
            sheet=item.sheet.name,
            line=row.line,
            reason=row.reason,
            header=item.sheet.header,
            raw=row.raw,
        )
    for table in item.tables:
        await stage(work.connection, table.table, table.columns, table.rows)
    work.progress(Step(Phase.READING, item.sheet.path.name, item.share, taken.read))


async def _refuse_contradictions(work: Work) -> None:
    sheets = _sheets(work)
    for row in await refuse_contradictions(work.connection):
        sheet = sheets[row.source]
        work.rejects.add(
            file=sheet.path, sheet=sheet.name, line=row.line, reason=row.reason, header=(), raw=()
        )
