"""Findings as the commands of a GitHub workflow, which marks the lines in a pull request."""

from collections.abc import Iterator, Sequence

from padstride.cli.judged import Failure, Judged
from padstride.findings import Finding, Place

UNJUDGED = "not judged"
"""The title of what could not be judged, where the service has none."""


def as_github(judged: Sequence[Judged]) -> str:
    """A line for each finding and each failure: `::error file=model.py,line=15,col=32::...`."""
    return "\n".join(line for each in judged for line in _lines(each))


def _lines(judged: Judged) -> Iterator[str]:
    for finding in judged.findings:
        yield _command(finding.severity, finding.place, _title(finding), finding.message, finding.help)
    for failure in judged.failures:
        yield _failure(failure)


def _failure(failure: Failure) -> str:
    title = _title(failure.refusal) if failure.refusal else UNJUDGED
    return _command("error", failure.place, title, failure.message, failure.help)


def _title(finding: Finding) -> str:
    return f"{finding.code} {finding.name}"


def _command(severity: str, place: Place, title: str, message: str, help_text: str | None) -> str:
    properties = {
        "file": place.path.as_posix(),
        "line": place.line,
        "col": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
        "title": title,
    }
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value is not None)
    text = message + (f"\nhelp: {help_text}" if help_text else "")
    return f"::{severity} {written}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
