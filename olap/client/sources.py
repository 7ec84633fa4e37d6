"""Where a question is answered."""

from typing import Any, Protocol

import pyarrow as pa

from olap.client.words import Words
from olap.request import Paging, Texts
from olap.vocabulary import TooMuch


class Source(Protocol):
    """Answers questions of one cube, in Arrow."""

    @property
    def words(self) -> Words: ...

    @property
    def language(self) -> str: ...

    def holding(self, token: str) -> "Source": ...

    def aggregate(self, texts: Texts, paging: Paging) -> pa.Table: ...

    def summary(self, texts: Texts) -> dict[str, Any]: ...

    def explain(self, texts: Texts, paging: Paging) -> dict[str, Any]: ...

    def members(
        self, dimension: str, hierarchy: str, level: str, texts: Texts, paging: Paging
    ) -> pa.Table: ...

    def facts(self, texts: Texts, paging: Paging) -> pa.Table: ...


def complete(table: pa.Table, *, cut_short: bool) -> pa.Table:
    """The table. Raises TooMuch where it is not all that was asked."""
    if cut_short:
        raise TooMuch(f"more than {table.num_rows} rows: cut the cell or take a coarser level")
    return table
