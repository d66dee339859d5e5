"""Findings in the forms that other programs read: a function each, from findings to a text."""

from collections.abc import Callable, Mapping, Sequence

from padstride.answers import DiagnosticPage
from padstride.cli.formats.github import as_github
from padstride.cli.formats.json import as_json
from padstride.cli.formats.junit import as_junit
from padstride.cli.formats.sarif import as_sarif
from padstride.findings import Finding

Explain = Callable[[str], DiagnosticPage]
"""What the service says of a diagnostic, by its name."""
FORMATS: Mapping[str, Callable[[Sequence[Finding], Explain], str]] = {
    "json": lambda findings, _: as_json(findings),
    "sarif": as_sarif,
    "github": lambda findings, _: as_github(findings),
    "junit": lambda findings, _: as_junit(findings),
}
