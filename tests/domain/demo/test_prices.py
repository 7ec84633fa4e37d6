"""Prices as Korean shops print them."""

import numpy as np

from domain.demo import prices


class TestTidy:
    def test_cheap_ones_end_in_hundreds_dear_ones_in_000_or_900(self) -> None:
        won = np.array([20.0, 3_949.0, 9_949.0, 10_010.0, 45_678.0, 100_000.0])

        tidied = prices.tidy(won).tolist()

        assert tidied[:3] == [100, 3_900, 9_900]
        assert all(price % 1000 in (0, 900) for price in tidied[3:])
        assert [abs(price - asked) < 1_000 for price, asked in zip(tidied[3:], won[3:], strict=True)] == [
            True
        ] * 3
