"""The figures of one process, and of the store that it asks, as Prometheus' families of samples."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from api.backend import Backend
from api.metrics.counted import BOUNDS, Requests, Times
from domain.db import commanding
from domain.vitals import Vitals

Sample = tuple[Sequence[str], float]


class Told(Collector):
    """All families of the backend. `store`: how the store stands; None where it did not answer."""

    def __init__(self, backend: Backend, store: Vitals | None) -> None:
        self._backend = backend
        self._store = store

    def collect(self) -> Iterator[Metric]:
        yield from _requests(self._backend.requests)
        yield from _limits(self._backend)
        yield from _connections(self._backend)
        yield from _cube(self._backend)
        answers = _gauge(
            "dangol_store_answers", "1 where Postgres answered this very question in time, else 0."
        )
        answers.add_metric([], float(self._store is not None))
        yield answers
        if self._store is not None:
            yield from _of_store(self._store)


def _requests(requests: Requests) -> Iterator[Metric]:
    yield _counter(
        "dangol_requests",
        "Requests answered, by what they ask and OK or the code of the first error.",
        ("kind", "outcome"),
        [((kind, outcome), count) for (kind, outcome), count in sorted(requests.outcomes.items())],
    )
    times = HistogramMetricFamily(
        "dangol_request_seconds", "From a request's head until its answer is ready.", labels=["kind"]
    )
    for kind, each in sorted(requests.times.items()):
        times.add_metric([kind], _classes(each), each.seconds)
    yield times
    yield _counter(
        "dangol_replays",
        "Writes answered from the record of their idempotency key.",
        (),
        [((), requests.replays)],
    )


def _classes(times: Times) -> list[tuple[str, float]]:
    """The classes as the format wants them: each with all below it."""
    ends = [*(str(bound) for bound in BOUNDS), "+Inf"]
    return list(zip(ends, (float(count) for count in accumulate(times.classes)), strict=True))


def _limits(backend: Backend) -> Iterator[Metric]:
    yield _counter(
        "dangol_rate_refusals",
        "Requests refused because their caller's points were used up.",
        ("rate",),
        [(("interactive",), backend.rates.refused), (("bulk",), backend.bulk_rates.refused)],
    )
    yield _family(
        _gauge("dangol_subscriptions", "Subscriptions that are open."), [((), float(backend.hub.open))]
    )
    yield _family(
        _gauge("dangol_live_connections", "WebSockets and event streams that are open."),
        [((), float(backend.places.taken))],
    )


def _connections(backend: Backend) -> Iterator[Metric]:
    reads = backend.reads.planned()
    pools = {"commands": commanding(backend.engine), "reads": (reads.busy, reads.most)}
    for at, (name, about) in enumerate(
        (
            ("dangol_connections_busy", "Connections to Postgres in use."),
            ("dangol_connections_most", "Connections to Postgres that may be in use."),
        )
    ):
        yield _family(
            _gauge(name, about, ("pool",)), [((pool,), float(use[at])) for pool, use in pools.items()]
        )
    waiting = _gauge("dangol_connections_waiting", "Planned reads that wait for a connection.")
    yield _family(waiting, [((), float(reads.waiting))])


def _cube(backend: Backend) -> Iterator[Metric]:
    fresh = backend.cube.freshness()
    lag = _gauge("dangol_cube_lag_seconds", "Everything that was committed so long ago is in the cube.")
    yield _family(lag, [((), fresh.lag_ms / 1000)])
    fault = _gauge("dangol_cube_fault", "1 while something keeps the cube from following the feed.")
    yield _family(fault, [((), float(fresh.fault is not None))])


def _of_store(store: Vitals) -> Iterator[Metric]:
    for name, about, value in (
        (
            "dangol_feed_lag_seconds",
            "The age of the oldest committed event that no reader of the feed gets yet.",
            store.feed_lag_seconds,
        ),
        (
            "dangol_feed_oldest_writer_seconds",
            "How long the oldest writing transaction of the server has run.",
            store.oldest_writer_seconds,
        ),
        (
            "dangol_jobs_oldest_due_seconds",
            "How long the first job in the queue could have run.",
            store.oldest_due_seconds,
        ),
    ):
        yield _family(_gauge(name, about), [((), value)])
    jobs = _gauge("dangol_jobs", "Jobs that are due, planned for later, running or failed.", ("state", "job"))
    yield _family(jobs, [((state, kind), float(count)) for state, kind, count in store.jobs])


def _gauge(name: str, about: str, labels: Sequence[str] = ()) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, labels=labels)


def _counter(name: str, about: str, labels: Sequence[str], samples: Iterable[Sample]) -> Metric:
    return _family(CounterMetricFamily(name, about, labels=labels), samples)


def _family(family: GaugeMetricFamily | CounterMetricFamily, samples: Iterable[Sample]) -> Metric:
    for labels, value in samples:
        family.add_metric(labels, value)
    return family
