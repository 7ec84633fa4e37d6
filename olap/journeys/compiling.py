"""From the shape of a journey to its rows."""

from typing import Any

import sqlalchemy as sa

from olap.journeys.cohort_sql import CohortRows
from olap.journeys.deciles_sql import DecilesRows
from olap.journeys.funnel_sql import FunnelRows
from olap.journeys.migration_sql import MigrationRows
from olap.journeys.rfm_sql import RfmRows
from olap.journeys.shapes import Cohort, Deciles, Funnel, Migration, Rfm
from olap.plan import Analysis


def analysed(shape: Analysis, summary: str, total: str, mixed: str) -> sa.Select[Any]:
    """The rows, that of the whole among them (1 in `summary`), each beside the number of the others (`total`); where
    amounts are added, `mixed` says whether a row holds several currencies."""
    match shape:
        case Cohort():
            rows = CohortRows(shape).rows(summary, mixed)
        case Funnel():
            rows = FunnelRows(shape).rows(summary)
        case Rfm():
            rows = RfmRows(shape).rows(summary, mixed)
        case Deciles():
            rows = DecilesRows(shape).rows(summary, mixed)
        case Migration():
            rows = MigrationRows(shape).rows(summary)
        case _:
            raise AssertionError(f"no statement for {type(shape).__name__}")
    return rows.add_columns((sa.func.count().over() - 1).label(total))
