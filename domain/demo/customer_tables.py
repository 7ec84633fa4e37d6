"""Customers as rows, with what they were before they moved or changed."""

import numpy as np
import pyarrow as pa

from domain.customers.model import CustomerKind, Gender
from domain.demo import columns, identity, names, places
from domain.demo.branches import BRANCH_OF_WAY, BRANCHES, SHOPS
from domain.demo.demand import CHANNELS, Way
from domain.demo.draws import Ints, happens
from domain.demo.moves import NEVER
from domain.demo.people import OCCUPATIONS, WEALTH_BANDS
from domain.demo.period import nth_day
from domain.demo.scene import Scene

LATIN_SHARE = 0.15
"""Those who gave their name in Latin letters too, as on a passport or a card. Assumption."""

BEFORE_ALL = -62_135_596_800
"""The 1st of January of the year 1, in seconds since 1970: from when a first version is valid."""


def tables(scene: Scene) -> dict[str, pa.Table]:
    """Rows of customers and of their parts; versions only of those with more than one."""
    scene, people = scene, scene.members.people
    count = len(people.place)
    rng = scene.world.stream("names")
    called = np.array(names.people(rng, born=people.born_year, female=people.female), dtype=np.object_)
    called[people.organisation] = names.organisations(rng, int(people.organisation.sum()))
    latin = identity.latin_names(called.tolist(), people)
    showing = happens(rng, LATIN_SHARE, count) & ~people.organisation
    birth = pa.array(nth_day(people.born_year, people.born_day).astype(np.int32)).cast(pa.date32())
    customers = {
        "id": np.arange(1, count + 1),
        "kind": columns.labels(
            (CustomerKind.PERSON, CustomerKind.ORGANISATION), people.organisation.astype(np.int64)
        ),
        "name": pa.array(called.tolist()),
        "latin_name": columns.unless(~showing, pa.array(latin)),
        "birth_on": columns.unless(people.organisation, birth),
        **_traits(scene, np.arange(count), np.full(count, scene.world.period.days)),
        "home_branch_id": columns.ids(_home_branches(scene)),
        "owner_id": columns.ids(scene.owner),
        "acquired_channel": columns.labels(CHANNELS, scene.members.lives.way),
        "joined_on": columns.dates(scene.world.period, scene.members.lives.joined),
        "lifecycle_since": columns.moments(scene.world.period.moment(scene.members.lives.joined, 0)),
    }
    return {
        "customers": pa.table(customers),
        "customer_external_ids": identity.external_ids(scene.world.stream("external ids"), count),
        "contact_points": identity.contact_points(
            scene.world.stream("contact points"), latin, scene.members.moves.place
        ),
        "customer_versions": _versions(scene),
    }


def _traits(scene: Scene, customer: Ints, day: Ints) -> dict[str, pa.Array]:
    """The reportable traits of customers on a day; organisations have no sex, occupation or wealth."""
    people = scene.members.people
    place = scene.members.place_on(customer, day)
    occupation = scene.members.occupation_on(customer, day)
    organisation = people.organisation[customer]
    return {
        "country": columns.constant(places.COUNTRY, len(customer)),
        "region": columns.labels(places.REGION_OF, place),
        "district": columns.labels(places.DISTRICT, place),
        "gender": columns.unless(
            organisation,
            columns.labels((Gender.MALE, Gender.FEMALE), people.female[customer].astype(np.int64)),
        ),
        "occupation": columns.unless(organisation, columns.labels(OCCUPATIONS, occupation)),
        "wealth_band": columns.unless(organisation, columns.labels(WEALTH_BANDS, people.wealth[customer])),
    }


def _home_branches(scene: Scene) -> Ints:
    """The shop of today: where it has closed, the region's one that took its customers over; far away, the mall."""
    home, openings = scene.members.moves.home, scene.world.openings
    heir = np.arange(len(SHOPS))
    for shop in np.flatnonzero(openings.closed <= scene.world.period.days):
        heir[shop] = next(
            i
            for i, other in enumerate(SHOPS)
            if other.region == BRANCHES[shop].region and openings.lasting[i]
        )
    return np.where(home >= 0, heir[home], BRANCH_OF_WAY[Way.WEB])


def _versions(scene: Scene) -> pa.Table:
    """All versions of the customers who have several, each valid until the next one."""
    moves, period = scene.members.moves, scene.world.period
    affected = np.flatnonzero(np.minimum(moves.moved, moves.changed) < NEVER)
    first = np.full(len(affected), -NEVER)
    early = np.minimum(moves.moved, moves.changed)[affected]
    late = np.maximum(moves.moved, moves.changed)[affected]
    starts = np.stack([first, early, np.where(late == early, NEVER, late)], axis=1)
    row, column = np.nonzero(starts < NEVER)
    customer, start = affected[row], starts[row, column]
    valid_from = np.where(column == 0, BEFORE_ALL, period.moment(start, 0))
    follows = np.r_[customer[1:] == customer[:-1], False]
    return pa.table(
        {
            "customer_id": columns.ids(customer),
            "valid_from": pa.array(valid_from).cast(pa.timestamp("s", tz="UTC")),
            "valid_to": columns.moments(np.where(follows, np.r_[valid_from[1:], -1], -1)),
            **_traits(scene, customer, start),
        }
    )
