"""All that engines differ in, as constructs. Each has one rendering by default and one `@compiles` per odd engine."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Date, Double, Select, cast, func
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

DIALECT = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]  # SQLAlchemy's
"""DuckDB's: it takes what is written for Postgres."""

BY_HASH = "'by hash' <> ''"
"""A condition that is always true, and that says in a statement: many rows are joined with many which the planner of
Postgres takes for one. Looked up one by one they take minutes, by hash a second."""


IN_STEPS = "in_steps"


def in_steps(at_once: Select[Any], steps: Select[Any]) -> Select[Any]:
    """The statement, in whose place an engine that groups by one set of keys quicker than by several is sent the
    other one. Both have the same rows, and the same columns by name."""
    return at_once.execution_options(**{IN_STEPS: steps})


class ExactDistinct(FunctionElement[int]):
    """How many distinct values, exactly; null is none."""

    name = "exact_distinct"
    inherit_cache = True
    type = BigInteger()


@compiles(ExactDistinct)
def _exact_distinct(element: ExactDistinct, compiler: SQLCompiler, **options: Any) -> str:
    return f"count(DISTINCT {compiler.process(element.clauses, **options)})"


@compiles(ExactDistinct, "clickhousedb")
def _exact_distinct_in_clickhouse(element: ExactDistinct, compiler: SQLCompiler, **options: Any) -> str:
    """By its own name: what count(DISTINCT) stands for is a setting. Of nothing it is null, as we set sums to be."""
    return f"toInt64(coalesce(uniqExact({compiler.process(element.clauses, **options)}), 0))"


class DaysLater(FunctionElement[Any]):
    """The day so many days after another (before it, below 0)."""

    name = "days_later"
    inherit_cache = True
    type = Date()


class MonthsLater(FunctionElement[Any]):
    """The day so many months after another (before it, below 0); the 31st becomes the last day of a shorter month."""

    name = "months_later"
    inherit_cache = True
    type = Date()


@compiles(DaysLater)
def _days_later(element: DaysLater, compiler: SQLCompiler, **options: Any) -> str:
    day, count = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST({day} + {count} * INTERVAL '1 day' AS DATE)"


@compiles(DaysLater, "clickhousedb")
def _days_later_in_clickhouse(element: DaysLater, compiler: SQLCompiler, **options: Any) -> str:
    day, count = (compiler.process(clause, **options) for clause in element.clauses)
    return f"addDays({day}, {count})"


@compiles(MonthsLater)
def _months_later(element: MonthsLater, compiler: SQLCompiler, **options: Any) -> str:
    day, count = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST({day} + {count} * INTERVAL '1 month' AS DATE)"


@compiles(MonthsLater, "clickhousedb")
def _months_later_in_clickhouse(element: MonthsLater, compiler: SQLCompiler, **options: Any) -> str:
    day, count = (compiler.process(clause, **options) for clause in element.clauses)
    return f"addMonths({day}, {count})"


def ratio(numerator: ColumnElement[Any], denominator: ColumnElement[Any]) -> ColumnElement[Any]:
    """The quotient in double; null instead of a division by zero, which engines answer in three ways."""
    divisor: ColumnElement[float] = func.nullif(cast(denominator, Double), 0, type_=Double())
    return cast(numerator, Double).op("/", return_type=Double())(divisor)


class WeekNumber(FunctionElement[int]):
    """The number of the ISO week of a day, given its day of the week: one more each week, wherever a year begins."""

    name = "week_number"
    inherit_cache = True
    type = BigInteger()


@compiles(WeekNumber)
def _week_number(element: WeekNumber, compiler: SQLCompiler, **options: Any) -> str:
    """By Mondays since the first of 1900, so that nothing is left over to be rounded."""
    day, weekday = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST((({day} - DATE '1900-01-01') - ({weekday} - 1)) / 7 AS BIGINT)"


@compiles(WeekNumber, "clickhousedb")
def _week_number_in_clickhouse(element: WeekNumber, compiler: SQLCompiler, **options: Any) -> str:
    day, weekday = (compiler.process(clause, **options) for clause in element.clauses)
    return f"toInt64(intDiv(dateDiff('day', toDate32('1900-01-01'), {day}) - ({weekday} - 1), 7))"


class Microseconds(FunctionElement[int]):
    """A moment as microseconds since 1970."""

    name = "microseconds"
    inherit_cache = True
    type = BigInteger()


@compiles(Microseconds)
def _microseconds(element: Microseconds, compiler: SQLCompiler, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    return f"CAST(EXTRACT(EPOCH FROM {moment}) * 1000000 AS BIGINT)"


@compiles(Microseconds, "clickhousedb")
def _microseconds_in_clickhouse(element: Microseconds, compiler: SQLCompiler, **options: Any) -> str:
    return f"toUnixTimestamp64Micro({compiler.process(element.clauses, **options)})"
