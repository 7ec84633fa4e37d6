"""What a timeline may be narrowed by: what every kind of entry has."""

from api.graphql.enums import TimelineKindFilter
from api.graphql.filters import DateTimeFilter
from api.graphql.planning.filters import filters, where
from domain.timeline.queries import timeline_of_customer


@filters
class TimelineFilter:
    kind: TimelineKindFilter | None = where(timeline_of_customer.kind)
    at: DateTimeFilter | None = where(
        timeline_of_customer.at,
        description="When it occurred, was ordered, granted, opened, or, for a task, created.",
    )
