"""Numbers of things in sentences for people at a terminal, which are in English alone."""


def counted(count: int, one: str, many: str = "") -> str:
    """The count with the word for it: `1 file`, `1,000 files`. `many` is the plural that is not just `one` and an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
