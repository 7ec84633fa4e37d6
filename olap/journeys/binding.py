"""From what is asked of customers' ways to a shape."""

from olap.journeys.cohorts import bind_cohort
from olap.journeys.deciles import bind_deciles
from olap.journeys.funnels import bind_funnel
from olap.journeys.lent import Lent
from olap.journeys.parameters import (
    CohortAsked,
    DecilesAsked,
    FunnelAsked,
    JourneyAsked,
    MigrationAsked,
    RfmAsked,
)
from olap.journeys.standings import bind_migration, bind_rfm
from olap.plan import Analysis
from olap.request import AggregateRequest
from olap.vocabulary import CubeModel


def bind_journey(request: AggregateRequest, asked: JourneyAsked, model: CubeModel, lent: Lent) -> Analysis:
    """Raises RequestError and its kinds."""
    match asked:
        case CohortAsked():
            return bind_cohort(request, asked, model, lent)
        case FunnelAsked():
            return bind_funnel(request, asked, model, lent)
        case RfmAsked():
            return bind_rfm(request, asked, model, lent)
        case MigrationAsked():
            return bind_migration(request, asked, model, lent)
        case DecilesAsked():
            return bind_deciles(request, asked, model, lent)
