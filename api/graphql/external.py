"""The names that other systems have for what is here."""

import strawberry

from api.graphql.fields import column, reads
from api.graphql.filters import TextFilter
from api.graphql.planning.filters import filters, where
from domain.customers.queries import external_ids


@reads(external_ids)
@strawberry.type
class ExternalId:
    """The name that another system has for it."""

    system: str
    id: str = column(external_ids.external_id)


@strawberry.input(description="The name that another system has for it.")
class ExternalKey:
    system: str = where(external_ids.system)
    id: str = where(external_ids.external_id)


@filters
class ExternalIdFilter:
    system: TextFilter | None = where(external_ids.system)
    id: TextFilter | None = where(external_ids.external_id)
