"""Says what is wrong with the order of events: the checker that the feed's tests trust, itself tested."""

from collections.abc import Sequence

from domain.feed import Event


def disorder(events: Sequence[Event]) -> list[str]:
    """One sentence for each event that is not its aggregate's next version; empty when all is in order.

    `events` are in the order in which a reader gets them, from the beginning of the feed.
    """
    found: list[str] = []
    last: dict[tuple[str, int], int] = {}
    for event in events:
        key = (event.aggregate, event.aggregate_id)
        expected = last.get(key, 0) + 1
        if event.version != expected:
            found.append(
                f"{event.aggregate} {event.aggregate_id}: version {event.version} where {expected} is due"
            )
        last[key] = event.version
    return found
