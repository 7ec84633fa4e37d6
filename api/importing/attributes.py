"""Custom attributes in a mapping: the table whose keys are the names that the store has declared."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from api.importing.catalog import ATTRIBUTES
from api.importing.errors import MappingError
from api.importing.mapping import Mapping as Fields
from api.importing.reading import Reading
from api.importing.values import Date, Number, plain_text
from domain.customers.attribute_model import AttributeType
from domain.customers.attribute_values import GivenAttribute, checked
from domain.customers.errors import AttributeRetired
from domain.errors import DomainError

Declared = Mapping[str, Any]
"""Attributes by their names, as the store declares them."""

_NUMBER = Number(20, 6)
_STAGED: Mapping[AttributeType, tuple[str, pa.DataType]] = {
    AttributeType.TEXT: ("text_value", pa.string()),
    AttributeType.CHOICE: ("text_value", pa.string()),
    AttributeType.NUMBER: ("number_value", _NUMBER.arrow),
    AttributeType.BOOLEAN: ("boolean_value", pa.bool_()),
    AttributeType.DATE: ("date_value", pa.date32()),
}
"""The staged column that holds values of a type."""


@dataclass(frozen=True)
class Attribute:
    """A value of an attribute, checked as it is declared. Numbers and days are written as the mapping says."""

    declared: Any

    @property
    def arrow(self) -> pa.DataType:
        return _STAGED[AttributeType(self.declared.type)][1]

    @property
    def column(self) -> str:
        """The staged column that holds it."""
        return _STAGED[AttributeType(self.declared.type)][0]

    def parse(self, cell: object, reading: Reading) -> object:
        written = self._written(cell, reading)
        if written is None:
            return None
        name = self.declared.name
        found = checked([GivenAttribute(name, written)], {name: self.declared})[name]
        assert found is not None, "a value that is given takes none away"
        return found[self.column]

    def _written(self, cell: object, reading: Reading) -> str | None:
        """The cell as a declaration's values are written, null where it holds nothing."""
        match AttributeType(self.declared.type):
            case AttributeType.NUMBER:
                number = _NUMBER.parse(cell, reading)
                return None if number is None else format(number, "f")
            case AttributeType.DATE:
                day = Date().parse(cell, reading)
                return None if day is None else day.isoformat()
        found = plain_text(cell)
        if found is None or found in reading.nulls or not found.strip():
            return None
        is_boolean = self.declared.type == AttributeType.BOOLEAN
        return found.strip().lower() if is_boolean else found


def check_attributes(mapping: Fields, declared: Declared) -> None:
    """The attributes that the mapping names are declared, and what it gives them is allowed. Raises MappingError."""
    for (table, name), origin in mapping.fields.items():
        if table != ATTRIBUTES:
            continue
        place = f"{mapping.path}: [{ATTRIBUTES}] {name}"
        try:
            checked([GivenAttribute(name, None)], declared)
            if declared[name].retired_at is not None:
                raise AttributeRetired(name)
            if origin.constant is not None:
                Attribute(declared[name]).parse(origin.constant, mapping.reading)
        except (DomainError, ValueError) as error:
            raise MappingError(f"{place}: {error}") from None
