"""The error handlers: every error becomes a problem document (RFC 9457) or, in `/v2`, an object with a text."""

import logging
from http import HTTPStatus

import orjson
from flask import Flask, Response, g, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from service.problems import Problem
from service.routes.records import at_hand, record_of

MEDIA_TYPE = "application/problem+json"
INFERENCE = "/v2"
"""Where the Open Inference Protocol is spoken, whose errors are a text."""
INFERENCE_STATUSES = {415: 400, 422: 400}
"""What that protocol knows only as a bad request."""
log = logging.getLogger(__name__)


def speaks_inference(path: str) -> bool:
    """Whether a path belongs to the Open Inference Protocol."""
    return path == INFERENCE or path.startswith(f"{INFERENCE}/")


def written(problem: Problem, path: str, request_id: str) -> tuple[int, str, bytes]:
    """A problem in the form in which its path answers errors: the status, the media type and the text."""
    if speaks_inference(path):
        error = {"error": "; ".join(diagnostic.message for diagnostic in problem.errors) or problem.detail}
        return INFERENCE_STATUSES.get(problem.status, problem.status), "application/json", orjson.dumps(error)
    document = problem.document(instance=path, request_id=request_id)
    return problem.status, MEDIA_TYPE, orjson.dumps(document)


def _problem(problem: Problem) -> Response:
    """The answer to a request that ended in a problem."""
    status, media_type, body = written(problem, request.path, record_of(at_hand()).request_id)
    response = Response(body, status, content_type=media_type)
    response.headers["Cache-Control"] = "no-store"
    response.headers.update(problem.headers)
    return response


def _too_large() -> str:
    """Why Werkzeug refused the size of a body."""
    length = request.content_length
    size = "larger than" if length is None else f"{length} bytes, above"
    limit = g.get("body_limit", "max_body_bytes")
    return f"the body is {size} the limit of {request.max_content_length} bytes (`{limit}`)"


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
    return _problem(Problem(status, detail, headers=headers))


def _framing(error: ParseException) -> Response:
    """A body whose framing the server finds broken while it is read."""
    return _problem(Problem(400, f"the body's framing is broken: {error}"))


def _unexpected(error: Exception) -> Response:
    """A defect of the service: logged in full, answered in one sentence."""
    log.error("unexpected error", exc_info=error, extra={"request_id": record_of(at_hand()).request_id})
    return _problem(Problem(500, "the service failed on this request; the failure has been logged"))


def register(app: Flask) -> None:
    """Register the error handlers with the application."""
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(ParseException, _framing)
    app.register_error_handler(Exception, _unexpected)
