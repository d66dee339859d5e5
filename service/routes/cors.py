"""CORS: which pages of other origins may ask, where the settings name any."""

from collections.abc import Collection

from flask import Flask, Request, Response, current_app

from service.routes.records import at_hand
from service.settings import settings

ANYONE = "*"
TAKEN = (
    "Accept, Authorization, Content-Encoding, Content-Type, If-None-Match, Inference-Header-Content-Length,"
    " traceparent, X-API-Key, X-Request-ID"
)
"""Headers that a page may send."""
SHOWN = "Allow, ETag, Inference-Header-Content-Length, Retry-After, traceparent, WWW-Authenticate, X-Request-ID"
"""Headers of answers that a page may read, beside those that it always may."""
SECONDS = "7200"
"""How long a browser may remember what a path takes; browsers remember no longer."""


def register(app: Flask) -> None:
    """Answer preflights and mark answers, if the settings name origins; before keys are asked for."""
    origins = frozenset(settings().cors_origins)
    if origins:
        app.before_request(preflight)
        app.after_request(lambda response: marked(at_hand(), response, origins))


def preflight() -> Response | None:
    """The answer to a browser that asks what a page may send; it shows no key. None for other requests."""
    asked = at_hand()
    if asked.method != "OPTIONS" or not is_preflight(asked):
        return None
    return current_app.make_default_options_response() if asked.url_rule is not None else None


def is_preflight(asked: Request) -> bool:
    """Whether a browser asks what a page may send."""
    return "HTTP_ORIGIN" in asked.environ and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in asked.environ


def marked(asked: Request, response: Response, origins: Collection[str]) -> Response:
    """An answer that says whether the page that asks may read it."""
    origin, anyone = asked.environ.get("HTTP_ORIGIN"), ANYONE in origins
    if not anyone:
        response.vary.add("Origin")
    if origin is None or not (anyone or origin in origins):
        return response
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = ANYONE if anyone else origin
    headers["Access-Control-Expose-Headers"] = SHOWN
    if asked.method == "OPTIONS" and "Allow" in headers and is_preflight(asked):
        headers["Access-Control-Allow-Methods"] = headers["Allow"]
        headers["Access-Control-Allow-Headers"] = TAKEN
        headers["Access-Control-Max-Age"] = SECONDS
    return response
