"""Flask without what no view here uses: sessions, asynchronous views, and routes that depend on the host.

Each of them takes a part of every request, together as much as the answer to a small question.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import NullSession, SessionInterface
from flask.typing import ResponseReturnValue
from werkzeug.routing import MapAdapter
from werkzeug.wsgi import get_path_info

from service.routes import records


class NoSessions(SessionInterface):
    """Neither cookies nor what they would stand for."""

    nothing = NullSession()

    def open_session(self, app: Flask, request: Request) -> NullSession:
        """The same empty session for everyone."""
        return self.nothing

    def is_null_session(self, obj: object) -> bool:
        """There is nothing to save."""
        return True


class LeanFlask(Flask):
    """The application; each request is recorded, and what else is registered for all requests is run."""

    session_interface = NoSessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No view is asynchronous."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Finds the route of a path; the host only completes addresses of redirects."""
        if request is None:
            return None
        environ = request.environ
        return MapAdapter(
            self.url_map,
            environ.get("HTTP_HOST", ""),
            environ.get("SCRIPT_NAME") or "/",
            "",
            environ["wsgi.url_scheme"],
            get_path_info(environ),
            environ["REQUEST_METHOD"],
            environ.get("QUERY_STRING"),
        )

    def make_default_options_response(self) -> Response:
        """What may be asked of a path, and nothing else."""
        adapter = self.create_url_adapter(records.at_hand())
        methods = adapter.allowed_methods() if adapter is not None else ()
        response = Response(status=204, headers={"Allow": ", ".join(sorted(methods))})
        del response.headers["Content-Type"]
        return response

    def preprocess_request(self) -> ResponseReturnValue | None:
        """Begin the record."""
        records.begin()
        return super().preprocess_request() if self.before_request_funcs else None

    def process_response(self, response: Response) -> Response:
        """End the record."""
        return records.end(super().process_response(response) if self.after_request_funcs else response)

    def do_teardown_request(self, *error: Any) -> None:
        """What is registered, if anything is."""
        if self.teardown_request_funcs:
            super().do_teardown_request(*error)
