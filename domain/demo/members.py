"""The customers as a whole: when they come and go, who they are, and how they change."""

from dataclasses import dataclass

import numpy as np

from domain.demo import lifetimes, moves, people
from domain.demo.draws import Ints
from domain.demo.lifetimes import Lifetimes
from domain.demo.moves import Moves
from domain.demo.people import People
from domain.demo.world import World


@dataclass(frozen=True)
class Members:
    """Arrays by customer, in the order of joining."""

    lives: Lifetimes
    people: People
    moves: Moves

    def __len__(self) -> int:
        return len(self.lives.joined)

    def home_on(self, customer: Ints, day: Ints) -> Ints:
        """Which shop each customer called theirs on a day, -1 for none."""
        moved = day >= self.moves.moved[customer]
        return np.where(moved, self.moves.home[customer], self.people.home[customer])

    def place_on(self, customer: Ints, day: Ints) -> Ints:
        """Where each customer lived on a day."""
        moved = day >= self.moves.moved[customer]
        return np.where(moved, self.moves.place[customer], self.people.place[customer])

    def occupation_on(self, customer: Ints, day: Ints) -> Ints:
        """What each customer did on a day."""
        changed = day >= self.moves.changed[customer]
        return np.where(changed, self.moves.occupation[customer], self.people.occupation[customer])


def draw(world: World, size: int) -> Members:
    """So many customers of this world."""
    lives = lifetimes.draw(world.stream("lifetimes"), size, world.period, world.demand)
    persons = people.draw(world.stream("people"), lives, world.period, world.openings)
    return Members(
        lives, persons, moves.draw(world.stream("moves"), persons, lives, world.period, world.openings)
    )
