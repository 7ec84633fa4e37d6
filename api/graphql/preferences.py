"""What a header such as Accept or Accept-Language prefers."""

from collections.abc import Iterator

MOST = 20
"""Names that are looked at."""


def weighted(header: str) -> Iterator[tuple[str, float]]:
    """The names in a header such as "ko-KR,ko;q=0.9", in small letters, each with its weight from 0 to 1."""
    for part in header.split(",")[:MOST]:
        name, *parameters = part.lower().split(";")
        yield name.strip(), _weight(parameters)


def _weight(parameters: list[str]) -> float:
    told = (parameter.strip().partition("=") for parameter in parameters)
    value = next((value for name, _, value in told if name.strip() == "q"), "1")
    try:
        return float(value)
    except ValueError:
        return 0.0
