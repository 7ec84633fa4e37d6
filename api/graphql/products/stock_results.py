"""What became of each stock level that was told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry.types.info import Info

from api.graphql.enums import StockStatus
from api.graphql.fields import SelectedField, selected
from api.graphql.payloads import ALWAYS, ERRORS, carrying, error_type
from api.graphql.planning.readings import OfEachWritten, OfItself
from api.graphql.products.stock_types import StockLevel
from domain.products.stock_queries import stock_levels

SetStockError = error_type("SetStock", ALWAYS)

RESULTS = "__results__"
"""Where the payload holds what became of the levels; no response key can be this."""


@dataclass(frozen=True)
class Result:
    """What became of one level. `asked` is what is asked of it as it stands now, by response key."""

    index: int
    status: StockStatus
    asked: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.asked.get(key)


class ResultsField(SelectedField):
    """The results of all levels, each with what the selection read of it."""

    def get_result(self, source: Any, info: Info | None, args: list[Any], kwargs: Any) -> Any:
        assert info is not None, "a field that is not basic gets its info"
        read = source[info.path.key] or ()
        return [
            Result(index, StockStatus[status], asked)
            for index, (status, asked) in enumerate(zip(source[RESULTS], read, strict=True))
        ]


def _results() -> Any:
    field = ResultsField(description="One for each level, in their order; empty where none was looked at.")
    field.reading = OfEachWritten(stock_levels)
    return field


@strawberry.type(description="What became of one level.")
class SetStockResult:
    index: int = strawberry.field(description="The level's place in the input, from 0.")
    status: StockStatus
    stock_level: StockLevel | None = selected(OfItself(stock_levels), description="As it stands now.")


@strawberry.type
class SetStockPayload:
    results: list[SetStockResult] = _results()
    user_errors: list[SetStockError] = strawberry.field(  # type: ignore[valid-type]  # made by error_type
        resolver=lambda root: root[ERRORS],
        graphql_type=list[SetStockError],  # type: ignore[valid-type]  # made by error_type
        description="Why nothing was changed at all: one bad level refuses them all.",
    )


carrying(SetStockResult)
carrying(SetStockPayload)
