"""How values are written for people."""

from typing import Any

from padstride.answers import CompareAnswer


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
    kind = step.pop("type", None)
    return " ".join([*([kind] if kind else []), *(f"{name}={value}" for name, value in step.items())])


COMPARISON = ("Framework", "Size", "Padding", "An equal layer")


def comparison_rows(answer: CompareAnswer) -> list[tuple[str, str, str, str]]:
    """A row a framework, as `COMPARISON` names its cells; where it refuses the layer, why, and what to use instead."""
    rows: list[tuple[str, str, str, str]] = []
    for name, verdict in answer.frameworks.items():
        written = written_text(verdict.written)
        if verdict.accepted:
            padding = ", ".join(str(axis.padding) for axis in verdict.axes if axis.padding is not None)
            rows.append((name, shape_text(verdict.output_size), padding, written))
        else:
            reasons = "; ".join(each.message for each in verdict.diagnostics)
            rows.append((name, "refused", "", f"{reasons}. Instead: {written}" if written else reasons))
    return rows


def counted(count: int, name: str) -> str:
    """A number with its noun: `1 error`, `2 errors`."""
    return f"{count} {name}{'' if count == 1 else 's'}"
