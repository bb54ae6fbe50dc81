"""Numbers for Prometheus at /metrics: requests, their duration, records and bytes. Nothing in them names a person."""

from __future__ import annotations

import hmac
import ipaddress

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy import func, select

from central.centre import Centre, CentreDep
from central.problems import Problem
from central.tables import JournalEntry, Station

router = APIRouter(tags=["health"])


class Metrics:
    """The counters of one server process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("sohoa_requests", "Requests by route and status", labels, registry=self.registry)
        self.seconds = Histogram("sohoa_request_seconds", "Duration of requests", ("route",), registry=self.registry)
        self.received = Counter("sohoa_received_bytes", "Bytes of request bodies", registry=self.registry)
        self._journal = Gauge(
            "sohoa_journal_lines", "Lines of the journal: accepted revisions and moves of stations", registry=self.registry
        )
        self._stations = Gauge("sohoa_stations", "Enrolled stations", registry=self.registry)

    def request(self, method: str, route: str, status: int, seconds: float, received: int) -> None:
        """Count one request that has been answered."""
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)
        self.received.inc(received)

    def text(self, centre: Centre) -> bytes:
        """Write all numbers in Prometheus' text format."""
        with centre.database.read() as session:
            self._journal.set(session.scalar(select(func.max(JournalEntry.number))) or 0)
            self._stations.set(session.scalar(select(func.count()).select_from(Station)) or 0)
        return generate_latest(self.registry)


def _may_look(request: Request, token: str) -> bool:
    if token:
        given = request.headers.get("authorization", "").encode("utf-8", "replace")
        return hmac.compare_digest(given, f"Bearer {token}".encode())
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


@router.get("/metrics", include_in_schema=False)
def get_metrics(request: Request, centre: CentreDep) -> Response:
    """Give the numbers to who knows the token; without a token set, to this machine only."""
    if not _may_look(request, centre.settings.metrics_token):
        raise Problem("not-found")
    metrics: Metrics = request.app.state.metrics
    return Response(metrics.text(centre), media_type=CONTENT_TYPE_LATEST)
