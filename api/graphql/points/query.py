"""Root fields of points."""

import strawberry

from api.graphql.points.types import PointsEntry, PointsScheme
from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id
from domain.points.queries import points_entries, points_schemes


@strawberry.type
class PointsQuery:
    points_entry: PointsEntry | None = by_id(points_entries)
    points_entries: Connection[PointsEntry] = all_of(points_entries)
    points_schemes: Connection[PointsScheme] = all_of(points_schemes)
