"""What is counted of requests, for Prometheus. Labels are methods, routes and statuses: nobody's name or address."""

from __future__ import annotations

import os

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
    multiprocess,
)

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # where several processes put their counts; the library's own name
SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
TYPE = CONTENT_TYPE_LATEST

disable_created_metrics()  # type: ignore[no-untyped-call] # a series more for each, which nobody looks at
_registry = CollectorRegistry()
REQUESTS = Counter("accountgraph_http_requests", "Requests that were answered.", ("method", "route", "status"), registry=_registry)
TIMES = Histogram(
    "accountgraph_http_request_duration_seconds",
    "How long requests took, until their answer began.",
    ("method", "route"),
    buckets=SECONDS,
    registry=_registry,
)
UNDER_WAY = Gauge(
    "accountgraph_http_requests_under_way", "Requests that are being answered.", registry=_registry, multiprocess_mode="livesum"
)


class Measured:
    """The counts of one operation; labels are looked up once, for that costs, and only where there is something to count."""

    def __init__(self, method: str, route: str) -> None:
        self._method, self._route = method, route
        self._times: Histogram | None = None
        self._counts: dict[int, Counter] = {}

    def began(self) -> None:
        """A request came in."""
        UNDER_WAY.inc()

    def ended(self, status: int, seconds: float) -> None:
        """It was answered."""
        UNDER_WAY.dec()
        self._times = self._times or TIMES.labels(self._method, self._route)
        self._times.observe(seconds)
        counter = self._counts.get(status)
        if counter is None:
            counter = self._counts[status] = REQUESTS.labels(self._method, self._route, str(status))
        counter.inc()


def exposition() -> bytes:
    """All counts, as Prometheus reads them; of all processes where there are several."""
    if not os.environ.get(FOLDER):
        return generate_latest(_registry)
    whole = CollectorRegistry()
    multiprocess.MultiProcessCollector(whole)  # type: ignore[no-untyped-call]
    return generate_latest(whole)
