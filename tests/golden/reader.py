"""Reads the recorded answers of a framework."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def cases(framework: str, name: str) -> Iterator[dict[str, Any]]:
    """The recorded cases, for example `cases("pytorch", "shapes")`."""
    with (HERE / framework / f"{name}.jsonl").open(encoding="utf-8") as lines:
        next(lines)
        yield from map(json.loads, lines)


def version(framework: str) -> str:
    """The version of the framework that the cases were recorded from."""
    with (HERE / framework / "shapes.jsonl").open(encoding="utf-8") as lines:
        return str(json.loads(next(lines))["version"])
