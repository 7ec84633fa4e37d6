"""All that engines differ in, as constructs. Each has one rendering by default and one `@compiles` per odd engine."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Double, cast, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class ExactDistinct(FunctionElement[int]):
    """How many distinct values, exactly; null is none."""

    name = "exact_distinct"
    inherit_cache = True
    type = BigInteger()


@compiles(ExactDistinct)
def _exact_distinct(element: ExactDistinct, compiler: SQLCompiler, **options: Any) -> str:
    return f"count(DISTINCT {compiler.process(element.clauses, **options)})"


def ratio(numerator: ColumnElement[Any], denominator: ColumnElement[Any]) -> ColumnElement[Any]:
    """The quotient in double; null instead of a division by zero, which engines answer in three ways."""
    divisor: ColumnElement[float] = func.nullif(cast(denominator, Double), 0, type_=Double())
    return cast(numerator, Double).op("/", return_type=Double())(divisor)
