"""One import from files to store: everything is read and staged first, then merged range by range."""

import asyncio
import hashlib
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from api.importing.attributes import check_attributes
from api.importing.errors import MappingError, SourceError
from api.importing.load import load_mapping
from api.importing.mapping import Mapping
from api.importing.merge import merge_all
from api.importing.progress import Report, silent
from api.importing.rejects import Rejects
from api.importing.report import ImportReport
from api.importing.sources import check_columns, open_file
from api.importing.stage import stage_files
from api.importing.values import Currency
from api.importing.work import Plan, Work
from domain.errors import DomainError
from domain.intake import runs
from domain.intake.attributes import declared
from domain.intake.company import currency_codes, settle_company
from domain.intake.connections import Connection, intake_connection
from domain.intake.model import RunState


def prepare(mapping_path: Path, paths: Sequence[Path], rejects: Path | None = None) -> Plan:
    """The mapping is understood and every file has the columns it names. Raises MappingError or SourceError."""
    mapping = load_mapping(mapping_path)
    _check_paths(paths, rejects)
    files = [open_file(path, mapping.reading) for path in paths]
    for file in files:
        for sheet in file.sheets:
            check_columns(sheet, mapping.columns_for(file.path), mapping.path)
    unmatched = [rule.match for rule in mapping.files if not any(map(rule.concerns, paths))]
    warnings = [f"no file's name matches [[file]] match = {match!r}" for match in unmatched]
    return Plan(mapping, files, warnings)


def _check_paths(paths: Sequence[Path], rejects: Path | None) -> None:
    """There are files, none twice, and the rejects go elsewhere. Raises SourceError."""
    if not paths:
        raise SourceError("no files were given")
    places = [path.resolve() for path in paths]
    for path, place in zip(paths, places, strict=True):
        if places.count(place) > 1:
            raise SourceError(f"{path}: is given twice; its orders would count double")
    if rejects is not None and rejects.resolve() in places:
        raise SourceError(f"{rejects}: is one of the files to import; name another for the rejected rows")


def _record(plan: Plan) -> runs.Run:
    """What the store keeps of what was given. Reads all files. Raises SourceError if one is another's copy."""
    files = [file.described() for file in plan.files]
    digests = [str(file["sha256"]) for file in files]
    for number, digest in enumerate(digests):
        if digest in digests[:number]:
            first = plan.files[digests.index(digest)].path
            raise SourceError(
                f"{plan.files[number].path}: is a copy of {first}; its orders would count double"
            )
    return runs.Run(
        system=plan.mapping.system,
        mapping_digest=plan.mapping.digest,
        files_digest=hashlib.sha256("\n".join(digests).encode()).hexdigest(),
        files=files,
    )


def _check_currencies(mapping: Mapping, known: frozenset[str]) -> None:
    """The currencies that the mapping itself names are booked in here. Raises MappingError."""
    named = {"[company] currency": mapping.currency} | {
        f"[{table}] {key}": str(origin.constant).strip().upper()
        for (table, key), origin in mapping.fields.items()
        if origin.constant is not None and isinstance(mapping.slot(table, key).type, Currency)
    }
    for key, code in named.items():
        if code is not None and code not in known:
            raise MappingError(
                f"{mapping.path}: {key}: {code!r} is not a currency that the store may book in"
            )


async def run_import(
    database_url: str,
    mapping: Path,
    paths: Sequence[Path],
    *,
    dry_run: bool = False,
    progress: Report = silent,
    rejects: Path | None = None,
) -> ImportReport:
    """The files are in the store as the mapping says; the same files again change nothing.

    Bad rows are left out and written to `rejects`. Raises DomainError, with nothing merged, for a wrong mapping or
    a file that cannot be read to its end. A dry run does the same and changes nothing. If the process dies, whole
    orders are in up to somewhere, and the next run does the rest. The database must have been migrated.
    """
    began = time.monotonic()
    plan = await asyncio.to_thread(prepare, mapping, paths, rejects)
    record = await asyncio.to_thread(_record, plan)
    async with intake_connection(database_url) as connection:
        async with connection.begin():
            await runs.claim(connection, plan.mapping.system)
            known = await currency_codes(connection)
            _check_currencies(plan.mapping, known)
            attributes = await declared(connection)
            check_attributes(plan.mapping, attributes)
            settings = await settle_company(
                connection, time_zone=plan.mapping.time_zone, currency=plan.mapping.currency, dry_run=True
            )
            run_id = None if dry_run else await runs.start(connection, record)
        with Rejects(rejects, plan.columns) as refused:
            work = Work(
                connection,
                plan.resolved(settings),
                known,
                attributes,
                settings,
                refused,
                progress,
                dry_run=dry_run,
            )
            try:
                report = await _imported(work, run_id, began)
            except Exception as error:
                if run_id is not None:
                    await _record_failure(connection, run_id, error)
                raise
    return report


async def _imported(work: Work, run_id: int | None, began: float) -> ImportReport:
    taken = await stage_files(work)
    merged = await merge_all(work)
    report = ImportReport(
        run_id=run_id,
        dry_run=work.dry_run,
        files=len(work.plan.files),
        rows_read=taken.read,
        rows_taken=taken.read - taken.filtered - work.rejects.count,
        rows_filtered=taken.filtered,
        rows_rejected=work.rejects.count,
        rejects=work.rejects.path if work.rejects.count else None,
        orders=merged.orders,
        customers=merged.customers,
        products=merged.products,
        touchpoints=merged.touchpoints,
        branches=merged.branches,
        events=merged.events,
        seconds=time.monotonic() - began,
        warnings=[*work.plan.warnings, *merged.erased.told()],
    )
    if run_id is not None:
        async with work.connection.begin():
            await runs.finish(work.connection, run_id, RunState.COMPLETE, counts=report.counts())
    return report


async def _record_failure(connection: Connection, run_id: int, error: Exception) -> None:
    """The run is FAILED, with the reason if it is one for people; if the connection is lost, it stays in progress."""
    reason = str(error) if isinstance(error, DomainError) else type(error).__name__
    with suppress(Exception):
        await connection.rollback()
        async with connection.begin():
            await runs.finish(connection, run_id, RunState.FAILED, error=reason)
