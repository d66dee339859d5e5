"""Findings in the forms that other programs read: a function each, from findings to a text."""

from collections.abc import Callable, Mapping, Sequence

from padstride.cli.formats.github import as_github
from padstride.cli.formats.json import as_json
from padstride.cli.formats.junit import as_junit
from padstride.cli.formats.sarif import as_sarif
from padstride.findings import Finding

FORMATS: Mapping[str, Callable[[Sequence[Finding]], str]] = {
    "json": as_json,
    "sarif": as_sarif,
    "github": as_github,
    "junit": as_junit,
}
