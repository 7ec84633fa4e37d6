"""SQL by its text, read for its places once: of the longest statements that took as long as sending them."""

from functools import lru_cache

from sqlalchemy import TextClause
from sqlalchemy import text as _text


@lru_cache(maxsize=512)
def text(sql: str) -> TextClause:
    """As SQLAlchemy's, for statements that come again and again: their values are given apart."""
    return _text(sql)
