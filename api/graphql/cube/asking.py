"""A question to a cube through GraphQL: who asks, which page, and the table that it is answered with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import pyarrow as pa

from api.at_least import holding
from api.context import Context
from api.errors import ApiError, Code
from api.graphql.cube.inputs import Asked
from api.graphql.cube.types import MOST_COLUMNS, CubeTable, columns, fitting, shown
from api.graphql.scalars import CubeValue
from api.slicer.access import row_filter_of
from domain.messages import say
from olap import ask
from olap.beside.columns import label_of
from olap.errors import RequestError
from olap.plan import RowFilter
from olap.request import Paging
from olap.serving.interruptible import StoppableCube
from olap.vocabulary import SPLIT, CubeModel

LARGEST_PAGE = 1_000

T = TypeVar("T")


@dataclass(frozen=True)
class Asking:
    """Who asks, in which language, and when."""

    context: Context
    model: CubeModel

    @property
    def language(self) -> str:
        return self.context.call.language

    @property
    def row_filter(self) -> RowFilter:
        return row_filter_of(self.context.actor)

    @property
    def now(self) -> datetime:
        return datetime.now(ZoneInfo(self.context.backend.cube.time_zone))

    @property
    def labels(self) -> Mapping[str, str]:
        cube = self.model.cube(self.language)
        return {SPLIT: SPLIT} | {each.ref: each.label or each.name for each in cube.all_attributes}

    async def run(self, asked: Asked, work: Callable[[ask.Engine, StoppableCube], T]) -> T:
        """What the work gives with the engine of a cube that holds what it must. Raises ApiError for what does not
        exist."""
        backend = self.context.backend
        store = await holding(asked.at_least or self.context.call.at_least, backend.cube, backend.postgres)
        try:
            return await backend.asking.ask(
                lambda engine: work(engine, store), store.engine, self.context.call.gone
            )
        except RequestError as error:
            raise ApiError(Code.VALIDATION, str(error)) from None


def paging(asked: Asked) -> Paging:
    """The page that is asked for. Raises ApiError for one that is too large."""
    if not 1 <= asked.page_size <= LARGEST_PAGE:
        raise ApiError(
            Code.VALIDATION,
            say("pageSize must be 1 to {most}, not {given}", most=LARGEST_PAGE, given=asked.page_size),
        )
    return Paging(number=asked.page, size=asked.page_size)


def table(asking: Asking, found: pa.Table, *, cut_short: bool) -> CubeTable:
    """The rows as the API shows them, each column with its label. Raises ApiError for too many columns."""
    fitting(found.column_names, MOST_COLUMNS)
    values = [[shown(value) for value in column.to_pylist()] for column in found.columns]
    rows: list[list[CubeValue | None]] = [list(row) for row in zip(*values, strict=True)]
    labels = {name: label_of(name, asking.labels, asking.language) for name in found.column_names}
    return CubeTable(columns=columns(found.column_names, labels), rows=rows, cut_short=cut_short)
