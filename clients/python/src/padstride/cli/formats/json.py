"""What was found as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from padstride.cli.judged import Failure, Judged


def as_json(judged: Sequence[Judged]) -> str:
    """An object whose `models` has one for each path: whether it is sound, and what was found, failed and changed."""
    return json.dumps({"models": [_model(each) for each in judged]}, indent=2, default=_plain)


def _model(judged: Judged) -> dict[str, Any]:
    return {
        "path": judged.path,
        "sound": judged.sound,
        "findings": [asdict(finding) for finding in judged.findings],
        "failures": [_failure(failure) for failure in judged.failures],
        "passed_over": judged.passed_over,
        "fixed": judged.fixed,
    }


def _failure(failure: Failure) -> dict[str, Any]:
    return {
        "code": failure.refusal.code if failure.refusal else None,
        "message": failure.message,
        "help": failure.help,
        "place": asdict(failure.place),
    }


def _plain(value: Any) -> str:
    if isinstance(value, Path):
        return value.as_posix()
    raise TypeError(f"{value!r} has no form in JSON")
