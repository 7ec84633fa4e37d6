"""Households: members of one district who joined on about the same days and live together."""

import numpy as np
import pyarrow as pa

from domain.demo import columns
from domain.demo.draws import Ints, happens
from domain.demo.scene import Scene

SHARE = 0.12
"""The share of persons who live with the next one of their district, of those in our data. Assumption."""


def tables(scene: Scene) -> dict[str, pa.Table]:
    """Households of two, and who is in them since the second of them joined or moved there."""
    first, second = _pairs(scene)
    since = np.maximum(_there_since(scene, first), _there_since(scene, second))
    number = np.arange(len(first))
    household, member = np.repeat(number, 2), np.stack([first, second], axis=1).ravel()
    return {
        "households": pa.table(
            {
                "id": columns.keys(len(number)),
                "name": columns.joined("가구 ", columns.padded(number + 1, 5)),
            }
        ),
        "household_members": pa.table(
            {
                "id": columns.keys(len(member)),
                "household_id": columns.ids(household),
                "customer_id": columns.ids(member),
                "since_on": columns.dates(scene.world.period, np.repeat(since, 2)),
            }
        ),
    }


def _pairs(scene: Scene) -> tuple[Ints, Ints]:
    """Two persons of the same district each, nobody twice."""
    persons = np.flatnonzero(~scene.members.people.organisation)
    by_district = persons[np.argsort(scene.members.moves.place[persons], kind="stable")]
    couples = by_district[: len(by_district) // 2 * 2].reshape(-1, 2)
    place = scene.members.moves.place[couples]
    together = happens(scene.world.stream("households"), SHARE, len(couples)) & (place[:, 0] == place[:, 1])
    return couples[together, 0], couples[together, 1]


def _there_since(scene: Scene, customer: Ints) -> Ints:
    """The day since which each lives where they live now, as far as it is known."""
    moved, joined = scene.members.moves.moved[customer], scene.members.lives.joined[customer]
    return np.where(moved < scene.world.period.days, np.maximum(moved, joined), joined)
