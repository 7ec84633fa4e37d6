"""How a question is answered: the plan, the statement, the rollup that is read and why not the others. Nothing runs."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Protocol, runtime_checkable

from sqlalchemy import ClauseElement

from olap.bind import bind_aggregate
from olap.called import called
from olap.compile import compile_cells, compile_plan
from olap.dialect import DIALECT
from olap.engines.compiled import Compiler, Query
from olap.physical import Column
from olap.plan import RowFilter
from olap.request import AggregateRequest
from olap.rollups.choice import Refusal, chosen
from olap.vocabulary import CubeModel


@dataclass(frozen=True)
class Explanation:
    """`plan` is what is run, as plain values: over the facts, or over the rollup of that name. `sql` has a place for
    each of `values`."""

    plan: dict[str, Any]
    sql: str
    values: tuple[Any, ...]
    rollup: str | None
    refused: tuple[Refusal, ...]

    def document(self) -> dict[str, Any]:
        """As it is told to a caller."""
        return {
            "plan": self.plan,
            "sql": self.sql,
            "values": self.values,
            "rollup": self.rollup,
            "refused": [{"rollup": each.rollup, "reason": each.reason} for each in self.refused],
        }


@runtime_checkable
class Telling(Protocol):
    """An engine that tells what it would be sent."""

    def query(self, statement: ClauseElement, values: Mapping[str, Any]) -> Query: ...


def explain_aggregate(
    engine: object, model: CubeModel, request: AggregateRequest, row_filter: RowFilter
) -> Explanation:
    """How the engine would answer. Raises RequestError and its kinds, as the question itself does."""
    choice = chosen(engine, bind_aggregate(called(engine, request), model, row_filter))
    alone = compile_cells(choice.plan)
    statement = compile_plan(choice.plan) if alone is None else alone
    query = query_of(engine, statement.select, statement.values)
    return Explanation(
        plan=plain(choice.plan.shape),
        sql=query.text,
        values=tuple(query.values),
        rollup=choice.rollup,
        refused=choice.refused,
    )


def query_of(engine: object, statement: ClauseElement, values: Mapping[str, Any]) -> Query:
    """The statement as the engine would be sent it; as DuckDB would be, where the engine does not tell."""
    if isinstance(engine, Telling):
        return engine.query(statement, values)
    return Compiler(DIALECT).query(statement, values)


def plain(node: Any) -> Any:
    """A part of a plan in lists, dictionaries and texts; a column as `table.column`, what says nothing left out."""
    if isinstance(node, Column):
        return f"{node.table}.{node.name}"
    if is_dataclass(node):
        said = {field.name: plain(getattr(node, field.name)) for field in fields(node)}
        return {"is": type(node).__name__} | {
            name: value for name, value in said.items() if value is not None
        }
    if isinstance(node, tuple | list):
        return [plain(item) for item in node]
    return node
