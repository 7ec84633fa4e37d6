"""Facts that have a row for each month up to the running one. A refresh reads the rows of the few who changed from the
view, by their index. A new month, or a night's scores, concern everybody: then all are computed again, in the engine.
"""

from sqlalchemy import Table

from olap import mart
from olap.watermark import Watermark

FEW = 5_000
"""Of more roots than this, all rows are sooner computed than those of each read."""


def is_monthly(table: Table) -> bool:
    """Whether the table's view declares that a month that begins adds rows to it."""
    return mart.heads()[table.name].monthly


def turned(mark: Watermark, found: Watermark) -> bool:
    """Whether a month began since the watermark."""
    return mark.today[:7] != found.today[:7]
