"""Expressions that Python has for tensors of every framework: operators and slices."""

from collections.abc import Callable, Sequence

from service.models.writers.code import Code, literal
from service.models.writers.program import Call

Function = Callable[[Call, Sequence[str]], Code]
"""(a call, the variables that it takes) → its expression."""


def operator(sign: str) -> Function:
    """An operator between branches, or a branch and a number."""

    def write(made: Call, names: Sequence[str]) -> Code:
        other = made.step.get("other")
        operands = [*names, *([] if other is None else [literal(other)])]
        return Code(f" {sign} ".join(operands[::-1] if made.step.get("reversed") else operands))

    return write


def sliced(made: Call, names: Sequence[str]) -> Code:
    """Slices of each axis, with bounds counted from the front; those of the last axes that are whole left out."""
    step, parts = made.step, [":"] * made.axes
    strides = step.get("steps") or (1,) * len(step["dims"])
    for axis, start, end, by in zip(step["dims"], step["starts"], step["ends"], strides, strict=True):
        size = made.inputs[0].written_shape[axis]
        stop = "" if size is not None and end >= size else str(end)
        parts[axis] = f"{start or ''}:{stop}" + (f":{by}" if by != 1 else "")
    while parts and parts[-1] == ":":
        parts.pop()
    return Code(f"{names[0]}[{', '.join(parts)}]" if parts else names[0])
