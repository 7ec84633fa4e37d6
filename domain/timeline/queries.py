"""The timeline of a customer. A new kind is one line in each of the two lists; its time is when it came to be."""

from enum import StrEnum

from domain.cases.queries import cases, cases_of_customer
from domain.offers.queries import grants_of_customer, offer_grants
from domain.opportunities.queries import opportunities, opportunities_of_customer
from domain.orders.queries import orders, orders_of_customer
from domain.points.queries import points_entries, points_of_customer
from domain.selection.mixtures import Arm, Mixture
from domain.tasks.queries import tasks, tasks_of_customer
from domain.touchpoints.queries import touchpoints, touchpoints_of_customer


class TimelineKind(StrEnum):
    TOUCHPOINT = "TOUCHPOINT"
    ORDER = "ORDER"
    GRANT = "GRANT"
    POINTS = "POINTS"
    CASE = "CASE"
    TASK = "TASK"
    OPPORTUNITY = "OPPORTUNITY"


timeline_of_customer = Mixture(
    "TimelineEntry",
    [
        Arm(TimelineKind.TOUCHPOINT, touchpoints_of_customer, touchpoints.occurred_at),
        Arm(TimelineKind.ORDER, orders_of_customer, orders.ordered_at),
        Arm(TimelineKind.GRANT, grants_of_customer, offer_grants.granted_at),
        Arm(TimelineKind.POINTS, points_of_customer, points_entries.occurred_at),
        Arm(TimelineKind.CASE, cases_of_customer, cases.opened_at),
        Arm(TimelineKind.TASK, tasks_of_customer, tasks.created_at),
        Arm(TimelineKind.OPPORTUNITY, opportunities_of_customer, opportunities.opened_at),
    ],
)
