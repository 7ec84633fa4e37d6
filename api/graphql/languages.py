"""The language in which a caller is told what is wrong: what Accept-Language prefers of the languages there are."""

from domain.messages import ENGLISH, LANGUAGES


def preferred(accepted: str) -> str:
    """The language of a header such as "ko-KR,ko;q=0.9,en;q=0.8"; English where it names none that there is."""
    best, weight = ENGLISH, 0.0
    for part in accepted.split(",")[:20]:
        name, _, parameter = part.strip().partition(";")
        language = name.strip().lower().split("-")[0]
        asked = _weight(parameter)
        if language in LANGUAGES and asked > weight:
            best, weight = language, asked
    return best


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
