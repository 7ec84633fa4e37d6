"""What bind lends to those who bind other questions than its own: the way from a cell to its facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from olap.conditions import Values
from olap.errors import RequestError
from olap.physical import Column, Conversion, Formula
from olap.plan import Attribute, Order, Page, Star
from olap.vocabulary import CubeModel


class Stars(Protocol):
    """The facts of a cell, as far as the caller may see them, with the ways to the tables of the columns."""

    def __call__(self, model: CubeModel, cell: Any, columns: Iterable[Column]) -> Star: ...


class Orders(Protocol):
    """What was asked, then `natural`, over the references `others` too. Raises RequestError."""

    def __call__(self, natural: Sequence[tuple[str, bool]], others: Sequence[str]) -> tuple[Order, ...]: ...


@dataclass(frozen=True)
class Lent:
    """The parts of a question that are bound already: its `aggregates` converted by `rate`. `natural` is the order of
    its drilldown."""

    star: Stars
    order: Orders
    attributes: tuple[Attribute, ...]
    aggregates: tuple[tuple[str, Formula], ...]
    currency: Column | None
    rate: Conversion | None
    natural: Sequence[tuple[str, bool]]
    page: Page
    values: Values

    def facts(self, model: CubeModel, cell: Any, columns: Iterable[Column], *, of_money: bool) -> Star:
        """The facts of the cell as `star` gives them; where amounts of them are shown, with the rates of their days."""
        return replace(self.star(model, cell, columns), conversion=self.rate if of_money else None)


def alone(name: str, request: Any) -> None:
    """Raise RequestError where the question asks for something that does not go with `name`."""
    asked = [word for word, said in vars(request.asked).items() if said]
    asked += ["split"] if request.split is not None else []
    if asked:
        raise RequestError(f"{name} cannot be asked together with {', '.join(asked)}; leave them out")


def unconverted(name: str, request: Any) -> None:
    """Raise RequestError where amounts are to be converted, of which `name` has none of single days."""
    if request.convert is not None:
        raise RequestError(f"convert cannot be asked together with {name}; known are cohort and deciles")
