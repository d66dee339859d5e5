"""How values are written for people."""

from typing import Any


def shape_text(sizes: Any) -> str:
    """A shape or size as people write it: 1 x 64 x 112 x 112."""
    if sizes is None:
        return "?"
    return " x ".join("?" if each is None else f"{each:.12g}" for each in sizes)


def count_text(count: int | None) -> str:
    """A number with its thousands apart: 1,234,567."""
    return "?" if count is None else f"{count:,}"


def written_text(written: Any) -> str:
    """Parameters, or the layers that make an equal one: `ZeroPadding2D padding=1, then Conv2D filters=8`."""
    if not written:
        return ""
    steps = written if isinstance(written, list) else [written]
    return ", then ".join(_step_text(dict(step)) for step in steps)


def _step_text(step: dict[str, Any]) -> str:
    named = [f"{name}={value}" for name, value in step.items() if name != "type"]
    return " ".join([str(step["type"]), *named] if "type" in step else named)


def counted(count: int, name: str) -> str:
    """A number with its noun: `1 error`, `2 errors`."""
    return f"{count} {name}{'' if count == 1 else 's'}"
