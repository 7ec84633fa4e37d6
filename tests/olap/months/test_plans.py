"""How Postgres goes about what is asked of the mart."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

from olap.engines.compiled import Query
from olap.engines.postgres import SETTINGS, Postgres
from tests.olap.months.conftest import Company


class Noting(Postgres):
    """Notes what it was asked."""

    asked: Query

    def fetch(self, statement: sa.ClauseElement, values: Any = None, **more: Any) -> Any:
        self.asked = self.query(statement, values or {})
        return super().fetch(statement, values, **more)


def plan_of(url: str, query: Query) -> Mapping[str, Any]:
    """How it runs, in a session as the engine has them."""
    with psycopg.connect(url, autocommit=True) as connection:
        for name, value in {**SETTINGS, "enable_nestloop": "off"}.items():
            connection.execute("SELECT set_config(%s, %s, false)", [name, value])
        # As the planner sees it: with the values.
        literal = [sql.Literal(value).as_string(connection) for value in query.values]
        text = re.sub(r"\$(\d+)", lambda place: literal[int(place[1]) - 1], query.text)
        ((plans,),) = connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {text}".encode()).fetchall()
    return dict(plans[0]["Plan"])


def nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """All parts of a plan."""
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


class TestMatrixOfADay:
    def test_no_table_is_read_anew_for_each_customer(self, company_url: str, by_hand: Any) -> None:
        with Noting(company_url) as engine:
            Company(company_url, engine, by_hand).asked(
                "customers", "customers", aggregates=["customers"], rfm="2025-02-11"
            )
            plan = plan_of(company_url, engine.asked)

        again = {
            part["Relation Name"]
            for part in nodes(plan)
            if "Relation Name" in part and part["Actual Loops"] > 1
        }
        assert again == set()
