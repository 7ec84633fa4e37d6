"""A cube that has copied nothing yet, as beside a store that was only just made."""

from olap.freshness import Freshness


class NoCopy:
    """A cube that holds nothing: what might be asked of it is asked of Postgres."""

    engine = None
    time_zone = "Asia/Seoul"

    def freshness(self) -> Freshness:
        return Freshness(watermark=0, lag_ms=0, fault=None)
