"""Root fields of cases."""

import strawberry

from api.graphql.cases.types import Case
from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id
from domain.cases.queries import cases


@strawberry.type
class CaseQuery:
    case: Case | None = by_id(cases)
    cases: Connection[Case] = all_of(cases)
