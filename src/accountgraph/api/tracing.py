"""Traces, by OpenTelemetry: a span a request, within the caller's trace where it brings one.

Nothing is traced, and nothing is paid, unless a provider was set up: by the program around, or by `OTEL_EXPORTER_OTLP_ENDPOINT`.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry import propagate, trace
from opentelemetry.trace import ProxyTracerProvider, Span, SpanKind, Status, StatusCode

from accountgraph.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fastapi import Request

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


@contextmanager
def traced(request: Request, method: str, route: str) -> Iterator[Span | None]:
    """A span around a request, named by its route and never by its path, which may hold somebody's address."""
    if isinstance(trace.get_tracer_provider(), ProxyTracerProvider):
        yield None
        return
    tracer = trace.get_tracer("accountgraph")
    attributes = {"http.request.method": method, "http.route": route}
    context = propagate.extract(dict(request.headers))
    with tracer.start_as_current_span(f"{method} {route}", context=context, kind=SpanKind.SERVER, attributes=attributes) as span:
        yield span


def told_to(span: Span | None, status: int, request_id: str) -> None:
    """Write down how it ended."""
    if span is None:
        return
    span.set_attributes({"http.response.status_code": status, "accountgraph.request_id": request_id})
    if status >= 500:
        span.set_status(Status(StatusCode.ERROR))


def set_up_traces(environ: Mapping[str, str]) -> None:
    """Send spans to where the environment says, once a process.

    Raises:
        ConfigError: there is an endpoint, and the exporter is not installed.
    """
    if not environ.get(ENDPOINT) or not isinstance(trace.get_tracer_provider(), ProxyTracerProvider):
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - an extra
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - as above
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - as above
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - as above
    except ImportError:
        raise ConfigError(f"{ENDPOINT} is set, and nothing here sends traces: pip install '.[traces]'.") from None
    provider = TracerProvider(resource=Resource.create({"service.name": environ.get("OTEL_SERVICE_NAME", "accountgraph")}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
