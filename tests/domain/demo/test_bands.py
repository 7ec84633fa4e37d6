"""The demo company looks like a shop: its figures lie in the bands that the generator states with their sources."""

import asyncpg
import pytest

from domain.demo import bands
from domain.demo.bands import Band
from tests.domain.demo import figures
from tests.domain.demo.asking import FEASTS, UNTIL, Connection, figure


async def misses(connection: Connection) -> dict[str, float]:
    """The figures that lie outside their bands."""
    asked: dict[str, tuple[Band, float]] = {
        "repeat rate": (bands.REPEAT_RATE, await figure(connection, figures.REPEAT_RATE)),
        "top decile": (bands.TOP_DECILE_SHARE, await figure(connection, figures.TOP_DECILE_SHARE)),
        "december": (bands.DECEMBER_INDEX, await figure(connection, figures.DECEMBER_INDEX)),
        "silent": (bands.SILENT_SHARE, await figure(connection, figures.SILENT_SHARE, UNTIL)),
        "returns": (bands.RETURN_RATE, await figure(connection, figures.RETURN_RATE)),
        "redeemed": (bands.REDEEMED_SHARE, await figure(connection, figures.REDEEMED_SHARE)),
        "marketing": (bands.MARKETING_SHARE, await figure(connection, figures.MARKETING_SHARE)),
        "withdrawn": (bands.WITHDRAWN_SHARE, await figure(connection, figures.WITHDRAWN_SHARE)),
        "cases": (bands.CASES_A_CONTACT, await figure(connection, figures.CASES_A_CONTACT)),
        "in time": (bands.SOLVED_IN_TIME, await figure(connection, figures.SOLVED_IN_TIME)),
        "satisfaction": (bands.SATISFACTION, await figure(connection, figures.SATISFACTION)),
    }
    inner = FEASTS[1:-1]  # the first and the last lack half of the year around them
    indexes = {row[0]: float(row[1]) for row in await connection.fetch(figures.FEAST_INDEX, inner)}
    asked |= {f"feast {feast}": (bands.FEAST_INDEX, indexes[feast]) for feast in inner}
    return {name: value for name, (band, value) in asked.items() if not band.holds(value)}


class TestBands:
    async def test_a_company_of_4000_customers_lies_in_all_of_them(self, asked: Connection) -> None:
        outside = await misses(asked)

        assert outside == {}

    @pytest.mark.slow
    async def test_the_default_company_lies_in_all_of_them(self, default_company: str) -> None:
        connection = await asyncpg.connect(default_company)
        try:
            outside = await misses(connection)
            customers = await connection.fetchval("SELECT count(*) FROM customers")
            orders = await connection.fetchval("SELECT count(*) FROM orders")
        finally:
            await connection.close()

        assert outside == {}
        assert customers == 20_000
        assert 120_000 < orders < 190_000
