"""Errors: the only place where an answer becomes one, a problem document (RFC 9457) or, in `/v2`, a text."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from flask import Flask, Response, g, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from service.core.diagnostics import Diagnostic
from service.rendering import diagnostic_object

TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}
"""The phrases of RFC 9110, which older Pythons do not have yet."""
MEDIA_TYPE = "application/problem+json"
INFERENCE = "/v2"
"""Where the Open Inference Protocol is spoken, whose errors are a text."""
INFERENCE_STATUSES = {415: 400, 422: 400}
"""What that protocol knows only as a bad request."""
log = structlog.get_logger()


class Problem(Exception):
    """An answer with an error status; raised anywhere under a view."""

    def __init__(
        self,
        status: int,
        detail: str,
        errors: Sequence[Diagnostic] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}


def refused(errors: Sequence[Diagnostic], status: int = 422) -> Problem:
    """A request that was understood and is wrong: its first error in words, and all of them as diagnostics."""
    first = errors[0].message
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return Problem(status, f"{first}{more}", errors)


def document(status: int, detail: str, errors: Sequence[Diagnostic] = ()) -> dict[str, Any]:
    """The members of a problem document for the request at hand."""
    return {
        "type": "about:blank",
        "title": TITLES.get(status) or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.path,
        "request_id": g.get("request_id"),
        "errors": [diagnostic_object(one) for one in errors],
    }


def _answer(
    status: int, detail: str, headers: Mapping[str, str] | None = None, errors: Sequence[Diagnostic] = ()
) -> Response:
    """An error as the paths of its kind tell one."""
    if request.path == INFERENCE or request.path.startswith(f"{INFERENCE}/"):
        body: dict[str, Any] = {"error": "; ".join(one.message for one in errors) or detail}
        response = Response(orjson.dumps(body), INFERENCE_STATUSES.get(status, status), content_type="application/json")
    else:
        body = document(status, detail, errors)
        response = Response(orjson.dumps(body), status, content_type=MEDIA_TYPE)
    response.headers.update(headers or {})
    return response


def _problem(error: Problem) -> Response:
    return _answer(error.status, error.detail, error.headers, error.errors)


def _too_large() -> str:
    """Why Werkzeug refused the size of a body."""
    length = request.content_length
    size = "larger than" if length is None else f"{length} bytes, above"
    return f"the body is {size} the limit of {request.max_content_length} bytes (`max_body_bytes`)"


def _http(error: HTTPException) -> Response:
    """What Flask and Werkzeug raise themselves: unknown paths, methods, bodies that are too large."""
    status = error.code or 500
    if 300 <= status < 400:
        return error.get_response()  # type: ignore[return-value]
    if status == 404:
        detail = f"there is nothing at `{request.path}`; `/docs` shows what there is"
    elif status == 405:
        methods = " or ".join(sorted(error.valid_methods or []) if isinstance(error, MethodNotAllowed) else [])
        detail = f"`{request.path}` takes {methods}, not {request.method}"
    else:
        detail = _too_large() if status == 413 else error.description or HTTPStatus(status).phrase
    headers = {name: value for name, value in error.get_headers() if name.lower() in ("allow", "retry-after")}
    return _answer(status, detail, headers)


def _framing(error: ParseException) -> Response:
    """A body whose framing the server finds broken while it is read."""
    return _answer(400, f"the body's framing is broken: {error}")


def _unexpected(error: Exception) -> Response:
    """A defect of ours: logged in full, told in one sentence."""
    log.error("unexpected error", exc_info=error)
    return _answer(500, "the service failed on this request; the failure has been logged")


def register(app: Flask) -> None:
    """Let the application answer every error as a problem document."""
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(ParseException, _framing)
    app.register_error_handler(Exception, _unexpected)
