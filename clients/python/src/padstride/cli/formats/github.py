"""Findings as the commands of a GitHub workflow, which marks the lines in a pull request."""

from collections.abc import Sequence

from padstride.findings import Finding


def as_github(findings: Sequence[Finding]) -> str:
    """A line a finding: `::error file=model.py,line=15,col=32::...`."""
    return "\n".join(_command(finding) for finding in findings)


def _command(finding: Finding) -> str:
    place = finding.place
    properties = {
        "file": place.path.as_posix(),
        "line": place.line,
        "col": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
        "title": f"{finding.code} {finding.name}",
    }
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value is not None)
    text = finding.message + (f"\nhelp: {finding.help}" if finding.help else "")
    return f"::{finding.severity} {written}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
