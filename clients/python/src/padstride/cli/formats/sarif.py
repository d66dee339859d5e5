"""Findings as SARIF 2.1.0 (the OASIS standard), which code scanners take in."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from padstride.findings import Finding, Place

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_sarif(findings: Sequence[Finding]) -> str:
    """One run, with a rule for each name and a result for each finding."""
    names = list(dict.fromkeys(finding.name for finding in findings))
    first = {finding.name: finding for finding in reversed(findings)}
    driver = {
        "name": "padstride",
        "rules": [_rule(first[name]) for name in names],
    }
    results = [_result(finding, names.index(finding.name)) for finding in findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(finding: Finding) -> Mapping[str, Any]:
    return {
        "id": finding.code,
        "name": finding.name,
        "helpUri": finding.url,
        "shortDescription": {"text": finding.name},
    }


def _result(finding: Finding, rule: int) -> Mapping[str, Any]:
    text = finding.message + (f". Help: {finding.help}" if finding.help else "")
    related = [
        {"id": index, **_location(place), "message": {"text": message}}
        for index, (place, message) in enumerate(finding.related)
    ]
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity,
        "message": {"text": text},
        "locations": [_location(finding.place)],
        **({"relatedLocations": related} if related else {}),
    }


def _location(place: Place) -> dict[str, Any]:
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
    known = {name: value for name, value in region.items() if value is not None}
    physical: dict[str, Any] = {"artifactLocation": {"uri": place.path.as_posix()}}
    location: dict[str, Any] = {"physicalLocation": physical | ({"region": known} if known else {})}
    return location | ({"logicalLocations": [{"name": place.what}]} if place.what else {})
