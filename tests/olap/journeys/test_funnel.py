"""Random funnels on three engines, each walked as plain Python walks it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.postgres import Server
from olap import ask
from olap.ask import Engine
from olap.plan import RowFilter
from olap.request import Texts, aggregate_request
from olap.vocabulary import model_of
from tests.olap.engines.stars import engines
from tests.olap.journeys.ways import FACTS, FILTERS, NOW, ROWS, Fact, current, sees


@dataclass(frozen=True)
class Step:
    """A step as it is asked, and what it means. `event` names what is counted of a fact: None, itself."""

    text: str
    fact: str
    moment: str
    holds: Callable[[Fact], bool]
    event: str | None = None


def sale(fact: Fact) -> bool:
    return bool(fact["line_kind.kind"] == "sale")


STEPS = [
    Step("sales", "sales", "sales.ordered_at", sale, "sales.order_id"),
    Step(
        "sales.product:home",
        "sales",
        "sales.ordered_at",
        lambda fact: sale(fact) and fact["product.department"] == "home",
        "sales.order_id",
    ),
    Step("touchpoints", "touchpoints", "touchpoints.occurred_at", lambda fact: True),
    Step(
        "touchpoints.contacts.channel:digital,web.!known:no",
        "touchpoints",
        "touchpoints.occurred_at",
        lambda fact: (
            fact["touchpoints.contact"] > 0
            and (fact["channel.channel_group"], fact["channel.channel"]) == ("digital", "web")
            and fact["known.known"] == "yes"
        ),
    ),
    Step("offers", "grants", "grants.granted_at", lambda fact: True),
    Step("offers.accepted", "grants", "grants.accepted_at", lambda fact: fact["grants.accepted"] > 0),
    Step(
        "offers.redeemed.date@ymd:2011",
        "grants",
        "grants.redeemed_at",
        lambda fact: fact["grants.redeemed"] > 0 and fact["date.year"] == 2011,
    ),
    Step("cases", "cases", "cases.opened_at", lambda fact: True),
    Step(
        "cases.solved.kind:complaint",
        "cases",
        "cases.solved_at",
        lambda fact: fact["cases.solved"] > 0 and fact["cases.kind"] == "complaint",
    ),
    Step(
        "opportunities.reached.stage:qualified",
        "opportunities",
        "opportunities.moved_at",
        lambda fact: fact["opportunities.stage"] == "qualified",
        "opportunities.opportunity_id",
    ),
    Step(
        "opportunities.won",
        "opportunities",
        "opportunities.moved_at",
        lambda fact: fact["opportunities.won"] > 0,
    ),
]
CUBES = {
    "sales": "sales",
    "touchpoints": "touchpoints",
    "grants": "offers",
    "cases": "cases",
    "opportunities": "opportunities",
}
CUTS: dict[str, Callable[[Fact], bool]] = {
    "": lambda fact: True,
    "customer:France": lambda fact: fact["customer.country"] == "France",
    "date@ymd:2011,1-2011,6": lambda fact: fact["date.year"] == 2011 and fact["date.month"] <= 6,
}
DRILLS = {"": (), "gender": ("customer.gender",), "date@ymd:year": ("date.year",)}
WITHIN = {
    None: None,
    "1 minute": timedelta(minutes=1),
    "9 hours": timedelta(hours=9),
    "21 days": timedelta(days=21),
    "20 weeks": timedelta(weeks=20),
}


@dataclass(frozen=True)
class Asked:
    steps: tuple[Step, ...]
    cut: str
    drilldown: str
    within: str | None
    asof: str
    row_filter: RowFilter

    @property
    def texts(self) -> Texts:
        return Texts(
            funnel="|".join(step.text for step in self.steps),
            within=self.within,
            cut=[self.cut] if self.cut else [],
            drilldown=[self.drilldown] if self.drilldown else [],
            asof=self.asof,
        )


questions = st.builds(
    Asked,
    st.lists(st.sampled_from(STEPS), min_size=2, max_size=4).map(tuple),
    st.sampled_from(list(CUTS)),
    st.sampled_from(list(DRILLS)),
    st.sampled_from(list(WITHIN)),
    st.sampled_from(["event", "now"]),
    st.sampled_from(FILTERS),
)


def events(asked: Asked, step: Step) -> list[Fact]:
    """The facts of a step that the caller may see; of the first one in the cell."""
    seen = [fact for fact in FACTS[step.fact] if sees(fact, step.fact, asked.row_filter)]
    seen = current(seen) if asked.asof == "now" else seen
    return [fact for fact in seen if step.holds(fact) and fact[step.moment] is not None]


def customer(fact: Fact, step: Step) -> int:
    return int(fact[f"{step.fact}.customer_id"])


def reached(asked: Asked, entries: list[Fact]) -> list[set[int]]:
    """For each step, the customers who got there from one of the entries: all ways, one step after the other."""
    first, *others = asked.steps
    ways = {(customer(fact, first), fact[first.moment], fact[first.moment]) for fact in entries}
    found = [ways]
    for before, step in zip(asked.steps, others, strict=False):
        least = timedelta(microseconds=1) if before.fact == step.fact else timedelta(0)
        most = WITHIN[asked.within] or timedelta.max
        ways = {
            (who, fact[step.moment], entered)
            for fact in events(asked, step)
            for who, at, entered in found[-1]
            if who == customer(fact, step) and fact[step.moment] - at >= least
            if fact[step.moment] - entered <= most
        }
        found.append(ways)
    return [{who for who, _, _ in ways if who} for ways in found]


def unknown(facts: list[Fact], step: Step) -> int:
    """How many events are of nobody known."""
    nobody = [fact for fact in facts if not customer(fact, step)]
    return len(nobody) if step.event is None else len({fact[step.event] for fact in nobody})


def expected(asked: Asked) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    """The summary, and each row."""
    first, refs = asked.steps[0], DRILLS[asked.drilldown]
    entering = [fact for fact in events(asked, first) if CUTS[asked.cut](fact)]
    members = {tuple(fact[ref] for ref in refs): [] for fact in entering} if refs else {(): entering}
    for fact in entering if refs else ():
        members[tuple(fact[ref] for ref in refs)].append(fact)
    rows = []
    for member, entries in members.items():
        counts = list(map(len, reached(asked, entries)))
        for place, step in enumerate(asked.steps):
            nobody = None if refs and place else unknown(events(asked, step) if place else entries, step)
            before = counts[max(place - 1, 0)]
            rows.append((*member, place + 1, step.text, *_shares(counts, place, before), nobody))
    counts = list(map(len, reached(asked, entering)))
    (count, of_first, of_previous) = _shares(counts, -1, counts[-2])
    return {
        "reached": count,
        "of_first": of_first,
        "of_previous": of_previous,
        "unknown": unknown(entering, first),
    }, rows


def _shares(counts: list[int], place: int, before: int) -> tuple[int, float | None, float | None]:
    count = counts[place]
    return count, count / counts[0] if counts[0] else None, count / before if before else None


@pytest.fixture(scope="module")
def opened(server: Server, admin: Callable[[str], None]) -> Iterator[dict[str, Engine]]:
    with engines(server, admin, "ways_of_funnels", ROWS) as found:
        yield found


class TestRandomFunnels:
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(asked=questions)
    def test_every_step_is_that_of_plain_python(self, opened: dict[str, Engine], asked: Asked) -> None:
        model = model_of(CUBES[asked.steps[0].fact])
        wanted = aggregate_request(model, asked.texts, now=NOW, language="en")

        found = {name: ask.aggregate(each, model, wanted, asked.row_filter) for name, each in opened.items()}

        summary, rows = expected(asked)
        for name, result in found.items():
            got = [tuple(record.values()) for record in result.records]
            assert (name, sorted(got, key=str)) == (name, sorted(rows, key=str))
            assert (name, result.summary) == (name, summary)
