"""What the service refuses, and why."""

from typing import Any, Self

from padstride.answers import DiagnosticObject
from padstride.errors import PadstrideError
from padstride.findings import Finding, findings_of
from padstride.models import NOWHERE, Origin


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
        self._origin, self._url = NOWHERE, ""
        super().__init__(self.text)

    def located(self, origin: Origin, url: str) -> Self:
        """The same refusal, which knows where the model's files are, and which service at `url` refuses it."""
        self._origin, self._url = origin, url
        return self

    @property
    def findings(self) -> list[Finding]:
        """The reasons, with their places on this machine."""
        return findings_of(self.diagnostics, self._origin, self._url)

    @property
    def text(self) -> str:
        """The reasons, one a line."""
        reasons = [f"{error.location or '/'}: {error.message} [{error.code}]" for error in self.diagnostics]
        return "\n".join([self.detail, *reasons]) if len(reasons) > 1 else (reasons or [self.detail])[0]


class Busy(Refused):
    """The service has too much to do, and had so after every retry."""
