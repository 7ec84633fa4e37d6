"""How the text in files is to be understood."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Reading:
    """The settings of a mapping's [read] table. Without sheets all are meant; without a zone, the company's."""

    encoding: str = "utf-8-sig"
    delimiter: str = ","
    decimal_point: str = "."
    thousands_separator: str = ""
    times: tuple[str, ...] = ()
    time_zone: ZoneInfo | None = None
    nulls: frozenset[str] = frozenset({""})
    sheets: tuple[str, ...] = ()
