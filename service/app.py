"""The application: settings, blueprints, error handlers and request ids put together."""

import logging
import re
from time import perf_counter
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request

from service.routes import BLUEPRINTS, error_handlers
from service.settings import settings

REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}", re.ASCII)
QUIET = frozenset({"/healthz", "/readyz"})
log = structlog.get_logger()


def create_app() -> Flask:
    """The WSGI application."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    app = Flask("service", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings().max_body_bytes
    error_handlers.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.before_request(_begin)
    app.after_request(_end)
    return app


def _begin() -> None:
    """Give the request an id: the caller's, if it is well-formed."""
    sent = request.headers.get("X-Request-ID", "")
    g.request_id = sent if REQUEST_ID.fullmatch(sent) else uuid4().hex
    g.began = perf_counter()


def _end(response: Response) -> Response:
    """Send the id back, and log the request in a line."""
    response.headers["X-Request-ID"] = g.request_id
    response.headers["X-Content-Type-Options"] = "nosniff"
    if request.path not in QUIET:
        log.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            milliseconds=round(1000 * (perf_counter() - g.began), 2),
            request_id=g.request_id,
        )
    return response
