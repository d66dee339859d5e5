"""Traces by OpenTelemetry: a span for each request, where the usual variables ask for it.

`OTEL_TRACES_EXPORTER` (`otlp` or `console`) or an `OTEL_EXPORTER_OTLP_ENDPOINT` turns them on; the SDK reads the other
variables itself. The packages are those of the extra `traces`.
"""

import logging
import os
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span, Tracer

EXPORTER = "OTEL_TRACES_EXPORTER"
ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
DISABLED = "OTEL_SDK_DISABLED"
log = logging.getLogger(__name__)


@cache
def tracer() -> "Tracer | None":
    """What makes the spans; None where nobody asks for them, or cannot get them."""
    wanted = os.environ.get(EXPORTER) or ("otlp" if any(os.environ.get(name) for name in ENDPOINTS) else "none")
    if wanted == "none" or os.environ.get(DISABLED, "").lower() == "true":
        return None
    try:
        return tracer_to(_exporter(wanted))
    except (ImportError, ValueError) as error:
        log.error("no traces: %s", error)
        return None


def tracer_to(exporter: "SpanExporter") -> "Tracer":
    """What makes spans and passes them to an exporter, many at once."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from service import __version__

    named = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": "padstride"}
    provider = TracerProvider(resource=Resource.create({"service.version": __version__, **named}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider.get_tracer("padstride", __version__)


def _exporter(name: str) -> "SpanExporter":
    """The exporter of a name that OpenTelemetry knows.

    Raises:
        ImportError: where the packages are not installed.
        ValueError: where there is no exporter of that name here.
    """
    if name == "console":
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter()
    if name == "otlp":
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        return OTLPSpanExporter()
    raise ValueError(f"{EXPORTER} is {name}; here it may be otlp, console or none")


def started(environ: Mapping[str, Any]) -> "Span | None":
    """The span of a request, in the trace that its caller names; None where no traces are made."""
    making = tracer()
    if making is None:
        return None
    from opentelemetry.trace import SpanKind
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    headers = {"traceparent": environ.get("HTTP_TRACEPARENT", ""), "tracestate": environ.get("HTTP_TRACESTATE", "")}
    parent = TraceContextTextMapPropagator().extract(headers)
    return making.start_span(environ["REQUEST_METHOD"], parent, SpanKind.SERVER)


def traceparent_of(span: "Span") -> str:
    """The `traceparent` of what belongs to a span."""
    own = span.get_span_context()
    return f"00-{own.trace_id:032x}-{own.span_id:016x}-{own.trace_flags:02x}"


def ended(span: "Span", *, method: str, route: str | None, path: str, status: int) -> None:
    """End a span, with what OpenTelemetry's conventions for HTTP say of a request."""
    from opentelemetry.trace import StatusCode

    if route is not None:
        span.update_name(f"{method} {route}")
        span.set_attribute("http.route", route)
    span.set_attributes({"http.request.method": method, "url.path": path, "http.response.status_code": status})
    if status >= 500:
        span.set_status(StatusCode.ERROR)
    span.end()
