"""Who works for the company: agents of shops, call centre and sales, marketers, analysts and the systems' accounts."""

from dataclasses import dataclass

import numpy as np

from domain.demo import names
from domain.demo.branches import BRANCH_OF_WAY, HEAD_OFFICE, SHOPS, WAREHOUSE
from domain.demo.demand import Way
from domain.demo.draws import Flags, Ints
from domain.roles import Role

AGENTS_A_SHOP = 3
CALL_AGENTS = 10
SALES_AGENTS = 4
OFFICE = ((Role.ADMIN, 1), (Role.MARKETER, 4), (Role.ANALYST, 2), (Role.VIEWER, 2))
SYSTEMS = ("ERP 연동", "SCM 연동")
LEFT = (7, 40)
"""Agents who have left: deactivated, never deleted."""


@dataclass(frozen=True)
class Employee:
    """A user; `branches` are numbers in BRANCHES."""

    subject: str
    name: str
    role: Role
    branches: tuple[int, ...]
    active: bool = True


@dataclass(frozen=True)
class Staff:
    """Everybody, and for the agents their numbers by where they work."""

    everybody: list[Employee]
    shop_agents: Ints
    call_agents: Ints
    sales_agents: Ints

    def agent_of(self, rng: np.random.Generator, branch: Ints) -> Ints:
        """For each branch somebody who works there: in a shop its agents, else the call centre's."""
        in_shop = self.shop_agents[
            np.minimum(branch, len(SHOPS) - 1), rng.integers(0, AGENTS_A_SHOP, len(branch))
        ]
        by_phone = self.call_agents[rng.integers(0, len(self.call_agents), len(branch))]
        at_counter: Flags = (branch >= 0) & (branch < len(SHOPS))
        return np.where(at_counter, in_shop, by_phone)


def hire(rng: np.random.Generator) -> Staff:
    """About seventy people, with names but no traits."""
    places = [shop for shop in range(len(SHOPS)) for _ in range(AGENTS_A_SHOP)]
    places += [BRANCH_OF_WAY[Way.CALL]] * CALL_AGENTS + [HEAD_OFFICE] * SALES_AGENTS
    roles = [Role.AGENT] * len(places) + [role for role, count in OFFICE for _ in range(count)]
    places += [HEAD_OFFICE] * (len(roles) - len(places))
    born = rng.integers(1968, 2001, len(roles))
    called = names.people(rng, born=born, female=rng.random(len(roles)) < 0.55)
    everybody = [
        Employee(
            _subject(role, roles[: i + 1].count(role)), called[i], role, (places[i],), active=i not in LEFT
        )
        for i, role in enumerate(roles)
    ]
    everybody += [
        Employee(_subject(Role.INTEGRATION, i + 1), name, Role.INTEGRATION, (WAREHOUSE,))
        for i, name in enumerate(SYSTEMS)
    ]
    shop_agents = np.arange(len(SHOPS) * AGENTS_A_SHOP).reshape(len(SHOPS), AGENTS_A_SHOP)
    first_call = shop_agents.size
    first_sales = first_call + CALL_AGENTS
    return Staff(
        everybody,
        shop_agents,
        np.arange(first_call, first_sales),
        np.arange(first_sales, first_sales + SALES_AGENTS),
    )


def _subject(role: Role, number: int) -> str:
    """The subject a token names: "demo-agent-1"."""
    return f"demo-{role.value.lower()}-{number}"
