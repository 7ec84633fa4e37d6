"""A mapping: what a mapping file says, checked."""

import hashlib
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path

from api.importing.catalog import ATTRIBUTE, ATTRIBUTES, TABLES, Entity, Slot
from api.importing.reading import Reading
from domain.branches.model import BranchKind

Scalar = str | int | float | Decimal | bool | date | datetime


@dataclass(frozen=True)
class Origin:
    """Where a field's value comes from: a column, several joined ones, or a constant; `values` translates texts."""

    columns: tuple[str, ...] = ()
    join: str = "-"
    constant: Scalar | None = None
    values: Dict[str, str] | None = None


@dataclass(frozen=True)
class Condition:
    """A test of one column of the files against a literal of the mapping."""

    column: str
    operator: str
    operand: Scalar | tuple[Scalar, ...]
    key: str


@dataclass(frozen=True)
class KindRule:
    """Lines that meet all the conditions are of this kind; the first rule that fits decides."""

    kind: str
    where: tuple[Condition, ...]


@dataclass(frozen=True)
class FileRule:
    """Of the files whose name matches the pattern, only rows that meet all the conditions are taken."""

    match: str
    where: tuple[Condition, ...]

    def concerns(self, file: Path) -> bool:
        return fnmatchcase(file.name, self.match)


@dataclass(frozen=True)
class Mapping:
    """A checked mapping file. `fields` are by (table, key), `otherwise` is the kind of lines that no rule fits."""

    path: Path
    digest: str
    entity: Entity
    system: str
    reading: Reading
    fields: Dict[tuple[str, str], Origin]
    kinds: tuple[KindRule, ...] = ()
    otherwise: str = "SALE"
    files: tuple[FileRule, ...] = ()
    time_zone: str | None = None
    currency: str | None = None
    branch_kind: BranchKind = BranchKind.SHOP

    def slot(self, table: str, key: str) -> Slot:
        return ATTRIBUTE if table == ATTRIBUTES else TABLES[self.entity][table][key]

    def rules_for(self, file: Path) -> tuple[Condition, ...]:
        """The conditions on the rows of a file; all of them must hold."""
        return tuple(condition for rule in self.files if rule.concerns(file) for condition in rule.where)

    def columns_for(self, file: Path) -> dict[str, str]:
        """Each column that the file must have, with the first key of the mapping that names it."""
        named: dict[str, str] = {}
        for (table, key), origin in self.fields.items():
            for column in origin.columns:
                named.setdefault(column, f"[{table}] {key}")
        for condition in [*(c for rule in self.kinds for c in rule.where), *self.rules_for(file)]:
            named.setdefault(condition.column, condition.key)
        return named


def digest_of(content: bytes) -> str:
    """What a mapping file is recognised by."""
    return hashlib.sha256(content).hexdigest()
