"""A funnel as one statement.

Without a span it is enough to know when a customer first got to the step before. Within one, who is at a step is found
from the step before: of each event of the step, the latest entry from which a way leads to it. Going on from the latest
entry is never worse than from an earlier one, so a customer has reached a step within a span exactly if one of his
events there lies within the span of its latest entry.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from olap.dialect import ExactDistinct, Microseconds, ratio
from olap.expressions import Expression, from_star, number
from olap.journeys.events import happened, known, times
from olap.journeys.parts import filled, whole_number
from olap.journeys.shapes import Funnel, Step
from olap.journeys.words import OF_FIRST, OF_PREVIOUS, REACHED, STEP, STEP_NAME, UNKNOWN

WHOSE, AT, ENTERED, OWN = "whose", "at", "entered", "own"
WHOLE = "__whole__"


@dataclass(frozen=True)
class FunnelRows:
    """The rows of a funnel's answer: one a step, for each member that is drilled down, and that of the whole."""

    shape: Funnel

    def rows(self, summary: str) -> sa.Select[Any]:
        """Attributes, keys, values; `summary` is 1 in the row of the whole: who went through all steps."""
        counts, steps = self._counts(), self._steps()
        whole = steps.c[WHOLE] == whole_number(1)
        # Without a drilldown the whole is the only member there is.
        of = counts.c[WHOLE] == (steps.c[WHOLE] if self._drilled else whole_number(1))
        reached = self._of_place(steps, [counts.c[f"at_{place}"] for place in self._places])
        before = self._of_place(steps, [counts.c[f"at_{max(place - 1, 1)}"] for place in self._places])
        attributes = zip(self._drilled, self.shape.attributes, strict=True)
        return sa.select(
            *(counts.c[name].label(item.ref) for name, item in attributes),
            sa.case((whole, sa.null()), else_=steps.c[STEP]).label(STEP),
            sa.case((whole, sa.null()), else_=steps.c[STEP_NAME]).label(STEP_NAME),
            reached.label(REACHED),
            ratio(reached, counts.c["at_1"]).label(OF_FIRST),
            ratio(reached, before).label(OF_PREVIOUS),
            self._unknown(counts, steps).label(UNKNOWN),
            steps.c[WHOLE].label(summary),
        ).select_from(counts.join(steps, of))

    @property
    def _places(self) -> range:
        return range(1, len(self.shape.steps) + 1)

    def _steps(self) -> sa.Subquery:
        """A row a step, and once more the last one for the whole."""
        rows = [
            sa.select(
                whole_number(place).label(STEP), _name(step).label(STEP_NAME), whole_number(0).label(WHOLE)
            )
            for place, step in enumerate(self.shape.steps, start=1)
        ]
        last = sa.select(
            whole_number(len(rows)).label(STEP),
            _name(self.shape.steps[-1]).label(STEP_NAME),
            whole_number(1).label(WHOLE),
        )
        return sa.union_all(*rows, last).subquery("steps")

    def _of_place(self, steps: sa.Subquery, values: Sequence[Expression]) -> Expression:
        """The value of the row's step."""
        cases = ((steps.c[STEP] == whole_number(place), value) for place, value in enumerate(values, start=1))
        return sa.case(*cases)

    @property
    def _drilled(self) -> list[str]:
        """What members are called on the way: a reference is a table's column as well."""
        return [f"member_{place}" for place, _ in enumerate(self.shape.attributes)]

    def _events(self, step: Step, *columns: Expression) -> sa.Select[Any]:
        """The moments of a step, each once a customer."""
        at = Microseconds(step.moment.sql)
        statement = from_star(step.star, step.customer.sql.label(WHOSE), at.label(AT), *columns)
        there = sa.and_(known(step.customer), happened(step.event), step.moment.sql.is_not(None))
        return statement.where(there).distinct()

    @cached_property
    def _reached(self) -> list[sa.CTE]:
        """For each step, who is there, when, and when he had entered at the latest."""
        first, *others = self.shape.steps
        members = [
            item.column.sql.label(name)
            for item, name in zip(self.shape.attributes, self._drilled, strict=True)
        ]
        entries = self._events(first, *members).subquery("entries")
        if self.shape.within is None:
            found = [self._earliest(entries, entries.c[AT]).cte("reached_1")]
            for place, step in enumerate(others, start=2):
                found.append(self._next_at_all(found[-1], step).cte(f"reached_{place}"))
            return found
        found = [sa.select(entries, entries.c[AT].label(ENTERED)).cte("reached_1")]
        for place, step in enumerate(others, start=2):
            found.append(self._next(found[-1], step, found[0], place))
        return found

    def _earliest(self, way: sa.FromClause, at: Expression) -> sa.Select[Any]:
        """When each customer got there first, by the members by which he has entered."""
        keys = [way.c[WHOSE], *(way.c[name] for name in self._drilled)]
        return sa.select(*keys, sa.func.min(at).label(AT)).group_by(*keys)

    def _next_at_all(self, before: sa.CTE, step: Step) -> sa.Select[Any]:
        """Who goes on to a step, however late: whoever was at the one before first has most time for it."""
        events = self._events(step).subquery("events")
        later = events.c[AT] > before.c[AT] if step.strictly else events.c[AT] >= before.c[AT]
        statement = self._earliest(before, events.c[AT])
        return statement.join_from(before, events, before.c[WHOSE] == events.c[WHOSE]).where(later)

    def _next(self, before: sa.CTE, step: Step, entries: sa.CTE, place: int) -> sa.CTE:
        """Who goes on to a step from the one before."""
        events = self._events(step).subquery("events")
        names = self._drilled
        # An event is one of each member by which its customer has entered.
        ways = sa.select(entries.c[WHOSE], *(entries.c[name] for name in names)).distinct().subquery("ways")
        there = sa.select(
            ways.c[WHOSE],
            *(ways.c[name] for name in names),
            events.c[AT],
            sa.cast(sa.null(), sa.BigInteger()).label(ENTERED),
            whole_number(1).label(OWN),
        ).join_from(ways, events, ways.c[WHOSE] == events.c[WHOSE])
        here = sa.select(
            before.c[WHOSE],
            *(before.c[name] for name in names),
            before.c[AT],
            before.c[ENTERED],
            whole_number(0).label(OWN),
        )
        rows = sa.union_all(here, there).subquery("moments")
        # At one moment the step before comes first, unless the two must not be one.
        first = rows.c[OWN].desc() if step.strictly else rows.c[OWN].asc()
        latest = sa.func.max(rows.c[ENTERED]).over(
            partition_by=[rows.c[WHOSE], *(rows.c[name] for name in names)], order_by=[rows.c[AT], first]
        )
        placed = sa.select(
            rows.c[WHOSE], *(rows.c[name] for name in names), rows.c[AT], latest.label(ENTERED), rows.c[OWN]
        ).subquery("placed")
        goes_on = [placed.c[OWN] == whole_number(1), placed.c[ENTERED].is_not(None)]
        if self.shape.within is not None:
            goes_on.append(placed.c[AT] - placed.c[ENTERED] <= number(self.shape.within))
        wanted = [placed.c[name] for name in (WHOSE, AT, *names, ENTERED)]
        return sa.select(*wanted).where(*goes_on).cte(f"reached_{place}")

    def _counts(self) -> sa.CTE:
        """Customers at each step, and events of nobody known, by member and in all."""
        members = [item.column.sql for item in self.shape.attributes]
        first, names = self.shape.steps[0], self._drilled
        entry = self._grouped(
            from_star(
                first.star,
                *(column.label(name) for column, name in zip(members, names, strict=True)),
                times(first.event, sa.not_(known(first.customer))).label(UNKNOWN),
                self._whole(members).label(WHOLE),
            ).where(happened(first.event), first.moment.sql.is_not(None)),
            members,
        ).subquery("entry")
        union = sa.union_all(
            *(
                sa.select(whole_number(place).label(STEP), at.c[WHOSE], *(at.c[name] for name in names))
                for place, at in enumerate(self._reached, start=1)
            )
        ).subquery("at_steps")
        columns = [union.c[name] for name in names]
        reached = self._grouped(
            sa.select(
                *columns,
                *(
                    ExactDistinct(sa.case((union.c[STEP] == whole_number(place), union.c[WHOSE]))).label(
                        f"at_{place}"
                    )
                    for place, _ in enumerate(self._reached, start=1)
                ),
                self._whole(columns).label(WHOLE),
            ),
            columns,
        ).subquery("reached")
        same = [entry.c[name].is_not_distinct_from(reached.c[name]) for name in names]
        return (
            sa.select(
                entry,
                *(
                    filled(reached.c[f"at_{place}"]).label(f"at_{place}")
                    for place, _ in enumerate(self._reached, start=1)
                ),
            )
            .select_from(entry.outerjoin(reached, sa.and_(entry.c[WHOLE] == reached.c[WHOLE], *same)))
            .cte("counts")
        )

    def _whole(self, members: list[Any]) -> Expression:
        return sa.func.grouping(members[0]) if members else whole_number(1)

    def _grouped(self, statement: sa.Select[Any], members: list[Any]) -> sa.Select[Any]:
        if not members:
            return statement
        return statement.group_by(sa.func.grouping_sets(sa.tuple_(*members), sa.tuple_()))

    def _unknown(self, counts: sa.CTE, steps: sa.Subquery) -> Expression:
        """Of the first step's facts their members are known; of others there is but one number."""
        first = sa.or_(steps.c[STEP] == whole_number(1), steps.c[WHOLE] == whole_number(1))
        if self._drilled:
            return sa.case((first, counts.c[UNKNOWN]))
        others = [counts.c[UNKNOWN], *map(_nobodys, self.shape.steps[1:])]
        return sa.case((first, counts.c[UNKNOWN]), else_=self._of_place(steps, others))


def _nobodys(step: Step) -> Expression:
    """How many events of a step are of nobody known."""
    nobody = from_star(step.star, times(step.event, sa.not_(known(step.customer))))
    return nobody.where(step.moment.sql.is_not(None)).scalar_subquery()


def _name(step: Step) -> Expression:
    return sa.bindparam(f"v{step.name}", type_=sa.Text())
