"""Hangul syllables and their initial consonants, as one types them to search: ㅎㄱㄷ for 홍길동.

A syllable of Unicode's block U+AC00 to U+D7A3 stands at 588 x its initial + 28 x its vowel + its final.
Source: The Unicode Standard, section 3.12, "Conjoining Jamo Behavior".
"""

import unicodedata

CONSONANTS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
"""The 19 initial consonants in the order of the syllables that they begin."""

FIRST, LAST = 0xAC00, 0xD7A3
EACH = 588
"""Syllables that begin with the same consonant; they stand together."""

CONJOINING = "".join(chr(0x1100 + at) for at in range(len(CONSONANTS)))
"""The same consonants as parts of decomposed syllables; NFC leaves one that stands alone."""

_ALONE = str.maketrans(CONJOINING, CONSONANTS)

CLUSTERS = {
    "ㄳ": "ㄱㅅ",
    "ㄵ": "ㄴㅈ",
    "ㄶ": "ㄴㅎ",
    "ㄺ": "ㄹㄱ",
    "ㄻ": "ㄹㅁ",
    "ㄼ": "ㄹㅂ",
    "ㄽ": "ㄹㅅ",
    "ㄾ": "ㄹㅌ",
    "ㄿ": "ㄹㅍ",
    "ㅀ": "ㄹㅎ",
    "ㅄ": "ㅂㅅ",
}
"""What keyboards make of two consonants typed in a row, and the two. No syllable begins with one of them."""

_PARTED = str.maketrans(CLUSTERS)


def is_syllable(char: str) -> bool:
    """Whether the character is a whole syllable."""
    return FIRST <= ord(char) <= LAST


def initial(char: str) -> str:
    """The initial consonant of a syllable; any other character as it is."""
    return CONSONANTS[(ord(char) - FIRST) // EACH] if is_syllable(char) else char


def initials(text: str) -> str:
    """The text with each syllable as its initial consonant."""
    return "".join(map(initial, text))


def syllables(consonant: str) -> tuple[str, str]:
    """The first and the last syllable that begin with the consonant."""
    first = FIRST + EACH * CONSONANTS.index(consonant)
    return chr(first), chr(first + EACH - 1)


def composed(text: str) -> str:
    """The text in NFC, in which an initial consonant that stands alone is one of CONSONANTS."""
    return unicodedata.normalize("NFC", text).translate(_ALONE)


def parted(text: str) -> str:
    """The text with each cluster of consonants as the two that were typed."""
    return text.translate(_PARTED)
