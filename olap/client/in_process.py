"""Questions answered in this process, on a cube that it has open."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from olap import ask, watermark
from olap.client.sources import complete
from olap.client.words import Words
from olap.engines.duckdb import DuckDB
from olap.errors import CubeError
from olap.explain import explain_aggregate
from olap.owner.lock import hold
from olap.plan import NONE
from olap.request import Paging, Texts, aggregate_request, facts_request, members_request
from olap.result import AggregateResult
from olap.rollups import kept as rollups
from olap.vocabulary import model_of


class StoreSource:
    """In process, on an open cube."""

    def __init__(self, name: str, store: ask.OpenCube, language: str) -> None:
        self._store = store
        self._model = model_of(name)
        self.language = language
        self.words = Words(self._model.document(language))

    def aggregate(self, texts: Texts, paging: Paging) -> pa.Table:
        result = self._aggregate(texts, paging)
        return complete(result.cells, cut_short=result.cut_short)

    def summary(self, texts: Texts) -> dict[str, Any]:
        return self._aggregate(texts, Paging()).summary

    def explain(self, texts: Texts) -> dict[str, Any]:
        wanted = aggregate_request(
            self._model, texts, paging=Paging(), now=self._now(), language=self.language
        )
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


@contextmanager
def opened(path: str | Path) -> Iterator[FileCube]:
    """The cube in a data directory or at a DuckDB file, while no server has it open.

    Raises CubeError where there is none, or where another process has it.
    """
    file = Path(path) / "cube.duckdb" if Path(path).is_dir() else Path(path)
    if not file.is_file():
        raise CubeError(f"no cube at {file}")
    with hold(file), DuckDB(file) as engine:
        mark = watermark.stored(engine)
        if mark == watermark.EMPTY:
            raise CubeError(f"the cube {file} was never built")
        if mark.shape == watermark.shape():
            rollups.find(engine)
        yield FileCube(engine, mark.time_zone)
