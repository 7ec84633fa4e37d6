"""What the columns beside an aggregate are called, and what heads them for a person."""

from collections.abc import Iterator, Mapping

from olap.journeys import words
from olap.physical import Formula, Ratio
from olap.plan import Beside
from olap.vocabulary import SPLIT

TOTALS = "__totals__"
"""Which keys a row has added up, joined by commas; null in a cell of its own."""
OTHERS = "__others__"
"""Whether the row stands for all members but the first."""

COMPARED = "compared"
CHANGE = "change"
RATE = "change_rate"
WINDOW = "window"
SHARE = "share"
TARGET = "target"
DIFFERENCE = "difference"
DIFFERENCE_RATE = "difference_rate"

HEADS = {
    "en": {
        COMPARED: "compared",
        CHANGE: "change",
        RATE: "change rate",
        WINDOW: "window",
        SHARE: "share",
        TARGET: "target",
        DIFFERENCE: "difference from target",
        DIFFERENCE_RATE: "difference rate from target",
    },
    "ko": {
        COMPARED: "비교값",
        CHANGE: "증감",
        RATE: "증감률",
        WINDOW: "구간값",
        SHARE: "비중",
        TARGET: "목표",
        DIFFERENCE: "목표 대비 차이",
        DIFFERENCE_RATE: "목표 대비 차이율",
    },
}
MARKS = {
    "en": {TOTALS: "Totals over", OTHERS: "Others", SPLIT: "Matches filters"},
    "ko": {TOTALS: "합계 대상", OTHERS: "기타", SPLIT: "조건 일치"},
}


def beside_name(aggregate: str, kind: str) -> str:
    """The reference of a column beside an aggregate: `net_revenue__share`."""
    return f"{aggregate}__{kind}"


def kinds_of(name: str, beside: Beside | None) -> Iterator[str]:
    """What stands beside the aggregate of that name, in its order."""
    if beside is None:
        return
    if beside.shift is not None:
        yield from (COMPARED, CHANGE, RATE)
    if beside.reach is not None:
        yield WINDOW
    if name in beside.shared:
        yield SHARE


def columns_of(name: str, beside: Beside | None) -> Iterator[str]:
    """The aggregate's own column, and those beside it."""
    yield name
    yield from (beside_name(name, kind) for kind in kinds_of(name, beside))


def is_double(formula: Formula, kind: str | None) -> bool:
    """Whether the column is in double, not exact."""
    return isinstance(formula, Ratio) or kind in {RATE, SHARE}


def format_of(name: str, formats: Mapping[str, str]) -> str | None:
    """How a spreadsheet shows the numbers of a column of an answer; None for what has no format."""
    if name in formats:
        return formats[name]
    aggregate, _, kind = name.rpartition("__")
    if aggregate not in formats:
        return words.FORMATS.get(name)
    return words.PERCENT if kind in {RATE, SHARE, DIFFERENCE_RATE} else formats[aggregate]


def label_of(name: str, labels: Mapping[str, str], language: str) -> str:
    """What heads a column of an answer; its own name where nobody gave it a label."""
    if name in labels:
        return labels[name]
    aggregate, _, kind = name.rpartition("__")
    if aggregate in labels and kind in HEADS[language]:
        return f"{labels[aggregate]}, {HEADS[language][kind]}"
    return MARKS[language].get(name) or words.LABELS[language].get(name, name)
