"""Findings as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from padstride.findings import Finding


def as_json(findings: Sequence[Finding]) -> str:
    """A list with an object a finding."""
    return json.dumps([asdict(finding) for finding in findings], indent=2, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, Path):
        return value.as_posix()
    raise TypeError(f"{value!r} has no form in JSON")
