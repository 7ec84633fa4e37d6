"""How plans are written for ClickHouse: the dialect of its own driver, which is told two things more.

A label such as `product.category` would be taken for a column of a table, so its point is written otherwise. And counts
are of a type of their own there, which goes with no other whole number in one CASE: they become as elsewhere.
"""

from typing import Any

from clickhouse_connect.cc_sqlalchemy.dialect import ClickHouseDialect
from clickhouse_connect.cc_sqlalchemy.sql.compiler import ChStatementCompiler
from clickhouse_connect.cc_sqlalchemy.sql.preparer import ChIdentifierPreparer
from clickhouse_connect.driver.binding import quote_identifier
from sqlalchemy import Over
from sqlalchemy.sql.functions import Function

POINT = "$"
"""Stands for the point in labels: nothing of the model's may have it."""

COUNTS = frozenset({"count", "grouping", "row_number"})


def _quoted(name: str) -> str:
    return quote_identifier(name.replace(".", POINT))


def as_labelled(name: str) -> str:
    """The label of a column of an answer as the statement had it."""
    return name.replace(POINT, ".")


class _Names(ChIdentifierPreparer):
    quote_identifier = staticmethod(_quoted)


class _Compiler(ChStatementCompiler):
    _windowed = False

    def visit_count_func(self, function: "Function[Any]", **options: Any) -> str:
        return self._whole("count", function, **options)

    def visit_grouping_func(self, function: "Function[Any]", **options: Any) -> str:
        return self._whole("grouping", function, **options)

    def visit_over(self, over: "Over[Any]", **options: Any) -> str:
        before, self._windowed = self._windowed, True
        try:
            text: str = super().visit_over(over, **options)  # type: ignore[no-untyped-call]  # SQLAlchemy's
        finally:
            self._windowed = before
        return f"toInt64({text})" if getattr(over.element, "name", "") in COUNTS else text

    def _whole(self, name: str, function: "Function[Any]", **options: Any) -> str:
        text = f"{name}{self.function_argspec(function, **options)}"
        # What a window runs over must be a bare function.
        return text if self._windowed else f"toInt64({text})"


class Dialect(ClickHouseDialect):
    """Of the driver, with our names and counts."""

    preparer = _Names
    statement_compiler = _Compiler
    supports_statement_cache = False
