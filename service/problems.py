"""Errors as answers: what is raised anywhere above the core, and the problem document (RFC 9457) that it becomes."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from service.core.diagnostics import Diagnostic
from service.rendering import diagnostic_object

TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}
"""The phrases of RFC 9110, which older Pythons do not have yet."""


class Problem(Exception):
    """An answer with an error status."""

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

    def document(self, *, instance: str, request_id: str | None) -> dict[str, Any]:
        """The members of the problem document; `instance` is the path of the request."""
        return {
            "type": "about:blank",
            "title": TITLES.get(self.status) or HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "request_id": request_id,
            "errors": [diagnostic_object(diagnostic) for diagnostic in self.errors],
        }


def refused(errors: Sequence[Diagnostic], status: int = 422) -> Problem:
    """A request that was understood and is wrong: its first error in words, and all of them as diagnostics."""
    first = errors[0].message
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return Problem(status, f"{first}{more}", errors)
