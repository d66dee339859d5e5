"""What was found as SARIF 2.1.0 (the OASIS standard), which code scanners take in.

Code hosts ask for more than the schema: files relative to the repository, a rule with help for each result, columns in
UTF-16 code units, and a fingerprint that stays the same where lines above are added.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from padstride import __version__
from padstride.answers import DiagnosticPage
from padstride.cli.judged import Failure, Judged
from padstride.diffs import Replacement, files_of, replacements
from padstride.errors import PadstrideError
from padstride.findings import Finding, Place, lines_of

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"
"""What scanners call the folder that paths are relative to."""
FINGERPRINT = "rulePathAndText/v1"
"""The name says what is hashed: a change of that is another version."""

Fields = dict[str, Any]
Explain = Callable[[str], DiagnosticPage]
"""What the service says of a diagnostic, by its name."""


def as_sarif(judged: Sequence[Judged], explain: Explain) -> str:
    """One run: a rule for each name, a result for each finding, a notification for each failure.

    `explain` has the pages of the rules.
    """
    findings = [finding for each in judged for finding in each.findings]
    failures = [failure for each in judged for failure in each.failures]
    first = {finding.name: finding for finding in reversed(findings)}
    names = list(dict.fromkeys(finding.name for finding in findings))
    driver = {
        "name": "padstride",
        "semanticVersion": __version__,
        "rules": [_rule(first[name], explain) for name in names],
    }
    lines: dict[Path, list[str]] = {}
    results = [
        _result(finding, names.index(finding.name), fingerprint, lines)
        for finding, fingerprint in zip(findings, _fingerprints(findings), strict=True)
    ]
    run = {
        "tool": {"driver": driver},
        "invocations": [_invocation(failures, lines)],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder that the check was started in."}}},
        "columnKind": "utf16CodeUnits",
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(finding: Finding, explain: Explain) -> Fields:
    """What is said of every finding of a name; only its name where the service has stopped answering."""
    named = {"id": finding.code, "name": finding.name, "helpUri": finding.url}
    try:
        page = explain(finding.name)
    except PadstrideError:
        return named
    return named | {
        "shortDescription": {"text": page.summary},
        "fullDescription": {"text": page.description},
        "help": {"text": page.description, "markdown": page.description},
        "defaultConfiguration": {"level": page.severity},
    }


def _invocation(failures: Sequence[Failure], lines: dict[Path, list[str]]) -> Fields:
    """Whether all was judged that should be; if not, why."""
    notifications = [
        {
            "level": "error",
            "message": {"text": _said(failure.message, failure.help)},
            "locations": [_location(failure.place, lines)],
            **({"descriptor": {"id": failure.refusal.code}} if failure.refusal else {}),
        }
        for failure in failures
    ]
    return {
        "executionSuccessful": not failures,
        **({"toolExecutionNotifications": notifications} if notifications else {}),
    }


def _said(message: str, help_text: str | None) -> str:
    return message + (f". Help: {help_text}" if help_text else "")


def _result(finding: Finding, rule: int, fingerprint: str, lines: dict[Path, list[str]]) -> Fields:
    related = [
        {"id": index, **_location(each.place, lines), "message": {"text": each.message}}
        for index, each in enumerate(finding.related)
    ]
    fixes = [
        _fix(fix.title, fix.diff, fix.folder)
        for fix in finding.fixes
        if fix.diff is not None and fix.folder is not None
    ]
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity,
        "message": {"text": _said(finding.message, finding.help)},
        "locations": [_location(finding.place, lines)],
        **({"relatedLocations": related} if related else {}),
        **({"fixes": fixes} if fixes else {}),
        "partialFingerprints": {FINGERPRINT: fingerprint},
    }


def _fix(title: str, diff: str, folder: Path) -> Fields:
    """A change of whole lines, as editors that read SARIF offer it."""
    changes = [
        {
            "artifactLocation": _artifact(folder / name),
            "replacements": [_replacement(each) for each in replacements(hunks)],
        }
        for name, hunks in files_of(diff)
    ]
    return {"description": {"text": title}, "artifactChanges": changes}


def _replacement(each: Replacement) -> Fields:
    """Lines up to the first column of the line after them, with their line ends."""
    region = {"startLine": each.line, "startColumn": 1, "endLine": each.line + len(each.old), "endColumn": 1}
    return {"deletedRegion": region, "insertedContent": {"text": "".join(f"{line}\n" for line in each.new)}}


def _fingerprints(findings: Sequence[Finding]) -> Iterator[str]:
    """For each finding a hash of its rule, its file, what stands there, and how many like it came before."""
    seen: Counter[tuple[str, ...]] = Counter()
    for finding in findings:
        place = finding.place
        known = (finding.code, _artifact(place.path)["uri"], place.what or "", place.text or finding.message)
        yield sha256("\0".join([*known, str(seen[known])]).encode()).hexdigest()
        seen[known] += 1


def _location(place: Place, lines: dict[Path, list[str]]) -> Fields:
    region = _region(place, lines_of(place.path, lines) if place.line else ())
    physical: Fields = {"artifactLocation": _artifact(place.path), **({"region": region} if region else {})}
    return {
        "physicalLocation": physical,
        **({"logicalLocations": [{"fullyQualifiedName": place.what}]} if place.what else {}),
    }


def _artifact(path: Path) -> Mapping[str, str]:
    """A file below the working folder by its path from there, any other by its address."""
    path = Path(os.path.normpath(Path.cwd() / path))
    if path.is_relative_to(Path.cwd()):
        return {"uri": quote(path.relative_to(Path.cwd()).as_posix()), "uriBaseId": ROOT}
    return {"uri": path.as_uri()}


def _region(place: Place, lines: Sequence[str]) -> Fields:
    """A stretch as far as it is known; nothing where it has no line."""
    end_line = place.end_line or place.line
    region = {
        "startLine": place.line,
        "startColumn": _units(lines, place.line, place.column),
        "endLine": end_line,
        "endColumn": _units(lines, end_line, place.end_column),
    }
    return {name: value for name, value in region.items() if value is not None}


def _units(lines: Sequence[str], line: int | None, column: int | None) -> int | None:
    """A column counted in code units of UTF-16, of which characters beyond 16 bits take two."""
    if line is None or column is None or line > len(lines):
        return column
    return len(lines[line - 1][: column - 1].encode("utf-16-le")) // 2 + 1
