"""The channels and their groups, which the view of the mart itself lists."""

import re
from functools import cache

from olap.mart import definition

ROW = re.compile(r"\(\d+, '(\w+)', '(\w+)'\)")


@cache
def channels() -> tuple[tuple[str, str], ...]:
    """Each group and channel, as the star writes them."""
    return tuple(ROW.findall(definition("channel")))
