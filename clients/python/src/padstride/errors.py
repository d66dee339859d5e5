"""What goes wrong: the service refuses, or cannot be reached."""

from typing import Any

from padstride.answers import DiagnosticObject


class PadstrideError(Exception):
    """Any error of this package."""


class Unreachable(PadstrideError):
    """The service does not answer, or not in time."""


class Refused(PadstrideError):
    """The service refused a question, and says why.

    `diagnostics` are the reasons: each has a stable `code`, a `location` in the question, a `message` and `help`.
    """

    def __init__(self, status: int, document: dict[str, Any]) -> None:
        self.status = status
        self.detail: str = (
            document.get("detail") or document.get("error") or document.get("title") or f"status {status}"
        )
        self.request_id: str | None = document.get("request_id")
        self.diagnostics = [DiagnosticObject.model_validate(error) for error in document.get("errors", [])]
        super().__init__(self.text)

    @property
    def text(self) -> str:
        """The reasons, one a line."""
        reasons = [f"{error.location or '/'}: {error.message} [{error.code}]" for error in self.diagnostics]
        return "\n".join([self.detail, *reasons]) if len(reasons) > 1 else (reasons or [self.detail])[0]


class Busy(Refused):
    """The service has too much to do, and had so after every retry."""
