"""A diagnostic of the registry, in a line."""

from typing import Any

from service.core.diagnostics.model import Rule, Severity
from service.rendering import diagnostic_url
from service.schemas.answers import Answer


class DiagnosticRow(Answer):
    """A diagnostic in a line."""

    code: str
    name: str
    severity: Severity
    url: str
    summary: str


def row_of(rule: Rule) -> dict[str, Any]:
    """The members of a row."""
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity,
        "url": diagnostic_url(rule),
        "summary": rule.summary,
    }
