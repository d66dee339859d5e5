"""What the service refuses, and why."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import TypeAdapter

from padstride.answers import DiagnosticObject
from padstride.errors import PadstrideError
from padstride.findings import Finding, findings_of
from padstride.models import NOWHERE, Origin

REASONS = TypeAdapter(list[DiagnosticObject])


class Refused(PadstrideError):
    """The service refused a question, and says why.

    `diagnostics` are the reasons: each has a stable `code`, a `location` in the question, a `message` and `help`.
    """

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        """The refusal that a problem document tells.

        Raises:
            ValueError: where it is no document of the service's.
        """
        self.status = status
        named = (document.get(name) for name in ("detail", "error", "title"))
        self.detail = next((name for name in named if isinstance(name, str) and name), f"status {status}")
        self.request_id: str | None = document.get("request_id")
        self.diagnostics = REASONS.validate_python(document.get("errors") or [])
        self._origin, self._url = NOWHERE, ""
        super().__init__(self.text)

    def __reduce__(self) -> tuple[Any, ...]:
        """For `pickle`, which otherwise would make it anew of its text alone."""
        return _again, (type(self), self.args, self.__dict__)

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
        """The reasons, one a line, each with what to do."""
        reasons = [_line_of(error) for error in self.diagnostics]
        return "\n".join([self.detail, *reasons] if len(reasons) > 1 else reasons or [self.detail])


def _line_of(error: DiagnosticObject) -> str:
    said = f"{error.location or '/'}: {error.message} [{error.code}]"
    return f"{said}; {error.help}" if error.help else said


def _again(kind: type[Refused], given: tuple[Any, ...], members: dict[str, Any]) -> Refused:
    """A refusal of another process."""
    refused = kind.__new__(kind, *given)
    refused.__dict__.update(members)
    return refused


class Busy(Refused):
    """The service has too much to do, and had so after every retry."""
