"""The statements that take a person away, made from the tables and their rules."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import MetaData, Table, Update, delete, null, update
from sqlalchemy.sql.dml import UpdateBase

from domain.personal.paths import belongs, ways
from domain.personal.rules import ERASED, SUBJECT, Held, Wipe


@cache
def statements(metadata: MetaData) -> Sequence[UpdateBase]:
    """Overwrites or deletes everything personal of the `subjects`, the farthest tables first.

    Raises KeyError where `metadata` lacks a table that has a rule: it is not that of the whole store.
    """
    found = ways(metadata)
    made: list[UpdateBase] = []
    for name in sorted(SUBJECT, key=lambda each: -found[each].distance):
        table, held = metadata.tables[name], SUBJECT[name]
        mine = belongs(table, found)
        if held.gone:
            made.append(delete(table).where(mine))
        elif (wiped := overwritten(table, held)) is not None:
            made.append(wiped.where(mine))
    return made


def overwritten(table: Table, held: Held, columns: Sequence[str] | None = None) -> Update | None:
    """The update that wipes the table's personal columns, or those of them; None where all of them stay."""
    chosen = held.columns if columns is None else {name: held.columns[name] for name in columns}
    values = {
        name: ERASED if wipe is Wipe.WORD else null()
        for name, wipe in chosen.items()
        if wipe in (Wipe.WORD, Wipe.BLANK)
    }
    return update(table).values(values) if values else None
