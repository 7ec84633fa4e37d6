"""Windows by running sums: equal to each window counted anew, as what does not add up is, and to hand-written SQL."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from olap import compile as compiling
from olap.ask import MixedCurrencies
from olap.beside import branches
from olap.engines.duckdb import DuckDB
from olap.request import Texts
from tests.olap.cube.asking import rows
from tests.olap.cube.beside_asked import asked
from tests.olap.cube.beside_questions import ROWS
from tests.olap.cube.calendar_star import engine_of

NOW = datetime(2012, 4, 2, tzinfo=UTC)
AGGREGATES = ("net_revenue", "margin", "lines", "margin_rate")
BY = {
    "channel:channel_group": "h.channel_group",
    "product:department": "p.department",
    "gender": "c.gender",
    "weekday": "d.weekday",
}
CUTS = {
    "": "true",
    "date:2011": "d.year = 2011",
    "date@ymd:2011,3-2011,8,20": "d.on_date BETWEEN '2011-03-01' AND '2011-08-20'",
}
FACTS = """sales s JOIN date d USING (date_key) JOIN product p USING (product_key)
    JOIN customer c USING (customer_key) JOIN channel h USING (channel_key)"""


@dataclass(frozen=True)
class Question:
    """A window by day, and by one other dimension, of some days."""

    window: str
    by: str | None
    cut: str
    pounds: bool = True

    @property
    def texts(self) -> Texts:
        return Texts(
            cut=[each for each in (self.cut, "currency:GBP" if self.pounds else "") if each],
            drilldown=["date@ymd:day", *([self.by] if self.by else [])],
            aggregates=[",".join(AGGREGATES)],
            window=self.window,
        )

    @property
    def sql(self) -> str:
        """Each cell of a day beside all facts of its window."""
        key = BY[self.by] if self.by else "0"
        kind, _, span = self.window.partition(" ")
        since = {
            "cumulative": CUTS[self.cut],
            "to_date": "d.year = cell.year",
            "rolling": f"d.on_date >= CAST(cell.on_date + INTERVAL 1 DAY - INTERVAL {span} AS DATE)",
        }[kind]
        return f"""
            WITH cell AS (
                SELECT DISTINCT d.on_date, d.year, {key} AS key FROM {FACTS}
                WHERE currency_key = 826 AND {CUTS[self.cut]}
            )
            SELECT cell.on_date, cell.key, coalesce(sum(s.net_revenue), 0), sum(s.margin), count(s.line_id),
                CAST(sum(s.margin) AS DOUBLE)
                    / nullif(CAST(sum(s.net_revenue) FILTER (s.margin IS NOT NULL) AS DOUBLE), 0)
            FROM cell LEFT JOIN ({FACTS}) ON s.currency_key = 826 AND d.on_date <= cell.on_date
                AND {key} IS NOT DISTINCT FROM cell.key AND {since}
            GROUP BY 1, 2 ORDER BY 1 NULLS LAST, 2 NULLS LAST"""


def questions(*, pounds: bool) -> st.SearchStrategy[Question]:
    spans = st.builds(
        "rolling {} {}".format, st.integers(1, 70), st.sampled_from(["days", "weeks", "months", "quarters"])
    )
    windows = st.one_of(spans, st.sampled_from(["to_date", "cumulative"]))
    others = st.sampled_from([None, *BY])
    return st.builds(Question, windows, others, st.sampled_from(list(CUTS)), st.just(pounds))


@pytest.fixture(scope="module")
def random() -> Iterator[DuckDB]:
    with engine_of(ROWS) as engine:
        yield engine


def answer(engine: DuckDB, texts: Texts) -> list[dict[str, Any]] | str:
    try:
        return asked(engine, texts, now=NOW).records
    except MixedCurrencies as refused:
        return str(refused)


def counted_anew(engine: DuckDB, texts: Texts) -> list[dict[str, Any]] | str:
    """The answer without running sums."""
    compiling._select.cache_clear()
    with patch.object(branches, "adding_up", lambda *_: {}):
        found = answer(engine, texts)
    compiling._select.cache_clear()
    return found


class TestRunningSums:
    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(question=questions(pounds=True))
    def test_windows_are_those_of_sql_and_as_they_are_counted_anew(
        self, random: DuckDB, question: Question
    ) -> None:
        found, anew = answer(random, question.texts), counted_anew(random, question.texts)

        assert found == anew
        names = [f"{name}__window" for name in AGGREGATES]
        by_hand = [tuple(row[2:]) for row in rows(random, question.sql)]
        # Days that nobody knows have no window.
        shown = [record for record in found if isinstance(record, dict) and record["date.day"] is not None]
        assert [tuple(record[name] for name in names) for record in shown] == by_hand[: len(shown)]
        assert shown

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(question=questions(pounds=False), by_currency=st.booleans())
    def test_amounts_of_several_currencies_are_found_in_windows_too(
        self, random: DuckDB, question: Question, by_currency: bool
    ) -> None:
        texts = question.texts
        if by_currency:
            texts = Texts(**{**vars(texts), "drilldown": [*texts.drilldown, "currency"]})

        assert answer(random, texts) == counted_anew(random, texts)

    def test_a_window_of_one_currency_more_is_refused(self, random: DuckDB) -> None:
        """Of one day alone there is one currency, of the month up to it another as well."""
        one = rows(
            random,
            """SELECT d.year, d.month, d.day FROM sales s JOIN date d USING (date_key) GROUP BY ALL
               HAVING max(currency_key) = 826 AND min(currency_key) = 826 AND (SELECT min(currency_key) FROM sales o
                   JOIN date e USING (date_key) WHERE e.on_date BETWEEN any_value(d.on_date) - INTERVAL 99 DAY
                   AND any_value(d.on_date)) < 826 ORDER BY 1, 2, 3 LIMIT 1""",
        )
        cut = f"date@ymd:{','.join(map(str, one[0]))}"
        texts = Texts(cut=[cut], drilldown=["date@ymd:day"], aggregates=["net_revenue"])

        alone = answer(random, texts)
        window = answer(random, Texts(**{**vars(texts), "window": "rolling 100 days"}))

        assert isinstance(alone, list)
        assert isinstance(window, str)
        assert "KRW" in window
