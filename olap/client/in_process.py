"""Questions answered in this process, on a cube that it has open."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from olap import ask, watermark
from olap.client.sources import complete
from olap.client.words import Words
from olap.engines import ledger
from olap.engines.duckdb import DuckDB
from olap.errors import CubeError
from olap.explain import explain_aggregate
from olap.freshness import Freshness
from olap.owner.lock import hold
from olap.plan import NONE
from olap.request import Paging, Texts, aggregate_request, facts_request, members_request
from olap.result import AggregateResult
from olap.rollups import kept as rollups
from olap.serving.positions import position
from olap.vocabulary import model_of
from olap.watermark import Watermark

PATIENCE, PAUSE = 3.0, 0.02
"""Seconds that a write is waited for, and between two looks."""


class StoreSource:
    """In process, on an open cube."""

    def __init__(self, name: str, store: ask.OpenCube, language: str) -> None:
        self._store = store
        self._model = model_of(name)
        self.language = language
        self.words = Words(self._model.document(language))

    def holding(self, token: str) -> "StoreSource":
        """The same cube, once it holds the write. Raises CubeError where that takes too long."""
        wanted, end = position(token), time.monotonic() + PATIENCE
        while not wanted.shown(self._store.freshness()):
            if time.monotonic() >= end:
                raise CubeError(f"the cube did not hold this write within {PATIENCE:g} s")
            time.sleep(PAUSE)
        return self

    def aggregate(self, texts: Texts, paging: Paging) -> pa.Table:
        result = self._aggregate(texts, paging)
        return complete(result.cells, cut_short=result.cut_short)

    def summary(self, texts: Texts) -> dict[str, Any]:
        return self._aggregate(texts, Paging()).summary

    def explain(self, texts: Texts, paging: Paging) -> dict[str, Any]:
        wanted = aggregate_request(self._model, texts, paging=paging, now=self._now(), language=self.language)
        return explain_aggregate(self._store.engine, self._model, wanted, NONE).document()

    def _aggregate(self, texts: Texts, paging: Paging) -> AggregateResult:
        wanted = aggregate_request(self._model, texts, paging=paging, now=self._now(), language=self.language)
        return ask.aggregate(self._store.engine, self._model, wanted, NONE)

    def members(self, dimension: str, hierarchy: str, level: str, texts: Texts, paging: Paging) -> pa.Table:
        wanted = members_request(
            self._model,
            texts,
            dimension=dimension,
            hierarchy=hierarchy,
            level=level,
            paging=paging,
            now=self._now(),
            language=self.language,
        )
        found = ask.members(self._store.engine, self._model, wanted, NONE)
        return complete(found.table, cut_short=found.cut_short)

    def facts(self, texts: Texts, paging: Paging) -> pa.Table:
        wanted = facts_request(self._model, texts, paging=paging, now=self._now(), language=self.language)
        return ask.facts(self._store.engine, self._model, wanted, NONE).table

    def _now(self) -> datetime:
        return datetime.now(ZoneInfo(self._store.time_zone))


@dataclass(frozen=True)
class FileCube:
    """A cube's file without the database that feeds it: it stands still."""

    engine: DuckDB
    time_zone: str
    mark: Watermark

    def freshness(self) -> Freshness:
        """As fresh as it was when it was closed."""
        age = datetime.now(UTC) - self.mark.read_at
        return Freshness(
            watermark=self.mark.last_event + 1,
            lag_ms=int(age.total_seconds() * 1000),
            fault="the cube's file follows no database",
            epoch=self.mark.epoch,
            version=watermark.version(self.mark),
        )


@contextmanager
def opened(path: str | Path) -> Iterator[FileCube]:
    """The cube in a data directory or at a DuckDB file, while no server has it open.

    Raises CubeError where there is none, or where another process has it.
    """
    file = Path(path) / "cube.duckdb" if Path(path).is_dir() else Path(path)
    if not file.is_file():
        raise CubeError(f"no cube at {file}")
    with hold(file), DuckDB(file) as engine:
        mark = ledger.stored(engine)
        if mark == watermark.EMPTY:
            raise CubeError(f"the cube {file} was never built")
        if mark.shape == watermark.shape():
            rollups.find(engine)
        yield FileCube(engine, mark.time_zone, mark)
