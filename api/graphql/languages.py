"""The language in which a caller is told what is wrong: what Accept-Language prefers of the languages there are."""

from api.graphql.preferences import weighted
from domain.messages import ENGLISH, LANGUAGES


def preferred(accepted: str) -> str:
    """The language of a header such as "ko-KR,ko;q=0.9,en;q=0.8"; English where it names none that there is."""
    best, most = ENGLISH, 0.0
    for name, weight in weighted(accepted):
        language = name.split("-")[0]
        if language in LANGUAGES and weight > most:
            best, most = language, weight
    return best
