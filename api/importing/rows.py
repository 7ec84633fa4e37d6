"""A batch of raw columns -> typed columns of the rows to take, and the reasons why others are refused."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from api.importing.attributes import Attribute, Declared
from api.importing.batches import Batch, Cells, Indices, Mask
from api.importing.catalog import ATTRIBUTES
from api.importing.conditions import evaluate
from api.importing.mapping import Condition, Origin
from api.importing.mapping import Mapping as Fields
from api.importing.values import Choice, Currency, Type
from domain.errors import Invalid
from domain.intake.products import SEPARATOR

Key = tuple[str, str]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Rejected:
    """A row that is not taken: where it stands, why, and what it held."""

    line: int
    reason: str
    raw: Sequence[object]


@dataclass(frozen=True)
class Rows:
    """The rows that are taken: their lines and typed columns, by (table, key). `filtered` were not asked for."""

    lines: Indices
    columns: Mapping[Key, pa.Array]
    kinds: pa.Array
    rejected: Sequence[Rejected]
    filtered: int


class Reasons:
    """Why rows of a batch are refused; a row keeps its first reasons, joined."""

    def __init__(self, rows: int) -> None:
        self.bad: Mask = np.zeros(rows, dtype=bool)
        self._by_row: defaultdict[int, list[str]] = defaultdict(list)

    def add(self, mask: Mask, reason: str) -> None:
        """Every row of the mask has this reason."""
        for index in np.flatnonzero(mask):
            self._by_row[int(index)].append(reason)
        self.bad |= mask

    def add_cells(self, name: str, cells: Cells, problems: Mapping[int, str]) -> None:
        """Every row whose cell has a problem has it as a reason."""
        for index in np.flatnonzero(np.isin(cells.indices, list(problems))):
            self._by_row[int(index)].append(f"{name}: {problems[int(cells.indices[index])]}")
            self.bad[index] = True

    def of(self, index: int) -> str:
        return "; ".join(self._by_row[index])


@dataclass(frozen=True)
class Converter:
    """Turns batches of one file into rows, by a mapping. `currencies` are those that the store may book in,
    `attributes` those of customers that it has declared."""

    mapping: Fields
    file: Path
    currencies: frozenset[str]
    attributes: Declared

    @cached_property
    def filters(self) -> tuple[Condition, ...]:
        return self.mapping.rules_for(self.file)

    def convert(self, batch: Batch) -> Rows:
        """The rows that the mapping asks for; bad ones are rejected with all their reasons."""
        reasons = Reasons(batch.rows)
        wanted = self._wanted(batch, reasons)
        columns = {
            key: self._column(key, origin, batch, reasons) for key, origin in self.mapping.fields.items()
        }
        self._check_required(columns, reasons)
        self._settle_amounts(columns, reasons)
        kinds = self._kinds(batch, reasons)
        taken = wanted & ~reasons.bad
        mask = pa.array(taken)
        return Rows(
            lines=batch.lines[taken],
            columns={key: column.filter(mask) for key, column in columns.items()},
            kinds=kinds.filter(mask),
            rejected=[*_unreadable(batch), *_rejected(batch, reasons, wanted & reasons.bad)],
            filtered=int(np.count_nonzero(~wanted)),
        )

    def _wanted(self, batch: Batch, reasons: Reasons) -> Mask:
        """Rows that meet the file's conditions; those that cannot be compared are refused, not passed over."""
        wanted: Mask = np.ones(batch.rows, dtype=bool)
        for condition in self.filters:
            met, odd = evaluate(condition, batch.columns[condition.column], self.mapping.reading)
            reasons.add(odd, f"{condition.column}: cannot be compared with {condition.operand}")
            wanted &= met | odd
        return wanted

    def _type(self, key: Key) -> Type:
        table, name = key
        if table == ATTRIBUTES:
            return Attribute(self.attributes[name])
        kind = self.mapping.slot(table, name).type
        return Choice(self.currencies) if isinstance(kind, Currency) else kind

    def _column(self, key: Key, origin: Origin, batch: Batch, reasons: Reasons) -> pa.Array:
        kind, name = self._type(key), ".".join(key)
        if origin.constant is not None:
            value = kind.parse(origin.constant, self.mapping.reading)
            return pa.repeat(pa.scalar(value, kind.arrow), batch.rows)
        parts = [
            self._parsed(name, kind, _translated(batch.columns[column], origin.values), reasons)
            for column in origin.columns
        ]
        if len(parts) == 1:
            return parts[0]
        joined = _path(parts) if self.mapping.slot(*key).many else _joined(parts, origin.join)
        return joined.cast(pa.string())

    def _parsed(self, name: str, kind: Type, cells: Cells, reasons: Reasons) -> pa.Array:
        values: list[object] = []
        problems: dict[int, str] = {}
        for place, cell in enumerate(cells.distinct):
            try:
                values.append(kind.parse(cell, self.mapping.reading))
            except (ValueError, OverflowError, Invalid) as error:
                values.append(None)
                problems[place] = str(error)
        if problems:
            reasons.add_cells(name, cells, problems)
        # A row without a cell has the index -1: the last element, null.
        return pa.array([*values, None], kind.arrow).take(pa.array(cells.indices % (len(values) + 1)))

    def _check_required(self, columns: Mapping[Key, pa.Array], reasons: Reasons) -> None:
        amounts = {("line", "unit_price"), ("line", "amount")}
        for key, column in columns.items():
            if column.null_count and (self.mapping.slot(*key).required or key in amounts):
                absent = column.is_null().to_numpy(zero_copy_only=False) & ~reasons.bad
                reasons.add(absent, f"{'.'.join(key)}: is missing")

    def _settle_amounts(self, columns: dict[Key, pa.Array], reasons: Reasons) -> None:
        """Every line has a unit price and a discount, and its amount is one that the store can hold."""
        quantity, price, discount = ("line", "quantity"), ("line", "unit_price"), ("line", "discount")
        if quantity not in columns:
            return
        if discount in columns:
            columns[discount] = columns[discount].fill_null(Decimal(0))
        if ("line", "amount") in columns:
            columns[price], columns[discount] = _split(
                columns[quantity], columns.pop(("line", "amount")), columns.get(discount)
            )
        size = np.abs(_floats(columns[quantity]) * _floats(columns[price]))
        reasons.add((size >= 9.9e14) & ~reasons.bad, "line: quantity x price is beyond what an amount may be")

    def _kinds(self, batch: Batch, reasons: Reasons) -> pa.Array:
        """The kind of each line: that of the first rule whose conditions it meets."""
        kinds = np.full(batch.rows, self.mapping.otherwise, dtype=object)
        undecided: Mask = np.ones(batch.rows, dtype=bool)
        for rule in self.mapping.kinds:
            fits: Mask = np.ones(batch.rows, dtype=bool)
            for condition in rule.where:
                met, odd = evaluate(condition, batch.columns[condition.column], self.mapping.reading)
                reasons.add(
                    odd & ~reasons.bad, f"{condition.column}: cannot be compared with {condition.operand}"
                )
                fits &= met
            kinds[fits & undecided] = rule.kind
            undecided &= ~fits
        return pa.array(kinds, pa.string())


def _translated(cells: Cells, values: Mapping[str, str] | None) -> Cells:
    if values is None:
        return cells
    return replace(cells, distinct=[values.get(str(cell), cell) for cell in cells.distinct])


def _joined(parts: Sequence[pa.Array], join: str) -> pa.Array:
    """The parts as one text; null where one of them is."""
    return pc.binary_join_element_wise(*parts, join)


def _path(parts: Sequence[pa.Array]) -> pa.Array:
    """The parts from the top to the first that is null."""
    path = parts[-1]
    for part in reversed(parts[:-1]):
        longer = pc.binary_join_element_wise(part, path, SEPARATOR)
        path = pc.coalesce(longer, part)
    return path


def _floats(column: pa.Array) -> Floats:
    found: Floats = column.cast(pa.float64()).fill_null(0).to_numpy(zero_copy_only=False)
    return found


def _split(quantity: pa.Array, amount: pa.Array, discount: pa.Array | None) -> tuple[pa.Array, pa.Array]:
    """Unit prices and discounts that give exactly the net amounts: quantity x price - discount = amount.

    The price is what one piece cost before the discount, to four digits; the discount takes up what is left.
    """
    discounts = discount.to_pylist() if discount is not None else [Decimal(0)] * len(quantity)
    pairs = [
        (None, None) if count is None or net is None else _unit_price(count, net, off or Decimal(0))
        for count, net, off in zip(quantity.to_pylist(), amount.to_pylist(), discounts, strict=True)
    ]
    return (
        pa.array([price for price, _ in pairs], amount.type),
        pa.array([off for _, off in pairs], amount.type),
    )


def _unit_price(count: Decimal, net: Decimal, discount: Decimal) -> tuple[Decimal, Decimal]:
    price = round((net + discount) / count, 4) if count else Decimal("0.0000")
    return price, round(count * price - net, 4)


def _unreadable(batch: Batch) -> Iterator[Rejected]:
    for row in batch.unreadable:
        yield Rejected(row.line, row.reason, row.raw)


def _rejected(batch: Batch, reasons: Reasons, mask: Mask) -> Iterator[Rejected]:
    indices = np.flatnonzero(mask)
    if len(indices):
        for index, raw in zip(indices, batch.raw(indices), strict=True):
            yield Rejected(int(batch.lines[index]), reasons.of(int(index)), raw)
