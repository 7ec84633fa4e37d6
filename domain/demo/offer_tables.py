"""Offers, grants and the states that grants went through, as rows."""

import numpy as np
import pyarrow as pa

from domain.demo import columns
from domain.demo.branches import CURRENCY
from domain.demo.grants import STATES
from domain.demo.occasions import validity
from domain.demo.offer_book import OFFERS
from domain.demo.scene import Scene


def tables(scene: Scene) -> dict[str, pa.Table]:
    """Offers, grants, and when each grant reached each state."""
    grants, period = scene.grants, scene.world.period
    spans = np.array([validity(offer, period) for offer in OFFERS])
    ends = period.moment(spans[:, 1], 0)
    names = scene.world.catalogue.names
    grant, state = np.nonzero(grants.reached >= 0)
    last = np.where(grants.reached >= 0, np.arange(len(STATES)), -1).max(axis=1, initial=-1)
    granted_at = grants.reached[:, 0]
    return {
        "offers": pa.table(
            {
                "id": columns.keys(len(OFFERS)),
                "code": [offer.code for offer in OFFERS],
                "name": [offer.name for offer in OFFERS],
                "kind": [str(offer.kind) for offer in OFFERS],
                "product_id": [names.index(offer.product) + 1 if offer.product else None for offer in OFFERS],
                "value": [offer.value for offer in OFFERS],
                "cost": [offer.cost for offer in OFFERS],
                "currency": [CURRENCY] * len(OFFERS),
                "valid_from": columns.moments(period.moment(spans[:, 0], 0)),
                "valid_to": columns.moments(np.where([offer.valid[1] is None for offer in OFFERS], -1, ends)),
                "quantity_limit": pa.array([offer.limit for offer in OFFERS], pa.int64()),
                "agent_grantable": [offer.monthly_budget is not None for offer in OFFERS],
                "agent_monthly_budget": pa.array([offer.monthly_budget for offer in OFFERS], pa.int64()),
            }
        ),
        "offer_grants": pa.table(
            {
                "id": columns.keys(len(grants)),
                "offer_id": columns.ids(grants.offer),
                "customer_id": columns.ids(grants.customer),
                "state": columns.labels(STATES, last),
                "reason": columns.labels([offer.reason for offer in OFFERS], grants.offer),
                "code": columns.joined(
                    "NT", columns.padded((np.arange(len(grants)) + 1) * 2_654_435_761 % 2**32, 10)
                ),
                "granted_by_id": columns.ids(grants.agent),
                "granted_at": columns.moments(granted_at),
                "order_id": columns.ids(grants.order),
            }
        ),
        "offer_grant_states": pa.table(
            {
                "id": columns.keys(len(grant)),
                "grant_id": columns.ids(grant),
                "state": columns.labels(STATES, state),
                "reached_at": columns.moments(grants.reached[grant, state]),
            }
        ),
    }
