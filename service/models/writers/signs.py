"""Where nothing in a tensor is below 0, so that zeros may be put around it before a maximum."""

from collections.abc import Sequence

from service.core.questions.equivalents.way import Step
from service.models.writers.program import Tensor

MADE = frozenset({"relu", "relu6", "sigmoid", "hardsigmoid", "softplus", "exp", "abs", "square", "softmax", "sqrt"})
"""Functions whose values are never below 0."""
KEPT = (
    "max_pool", "avg_pool", "adaptive", "global_", "dropout", "pad", "crop", "flatten", "reshape", "permute", "concat",
    "add", "upsample", "slice", "amax", "mean", "sum", "squeeze", "unsqueeze", "transpose",
)  # fmt: skip
"""Beginnings of types that make nothing below 0 of what is not; not bicubic ones."""


def stays_above_zero(step: Step, inputs: Sequence[Tensor]) -> bool:
    """Whether nothing that a step makes is below 0."""
    kind = step["type"]
    if kind == "relu" and not step.get("negative_slope"):
        return True
    if kind in MADE and kind != "relu":
        return True
    if kind == "multiply" and step.get("other") is None:
        return bool(inputs) and all(tensor.above_zero for tensor in inputs)
    if not kind.startswith(KEPT) or step.get("mode") == "bicubic" or (step.get("value") or 0) < 0:
        return False
    return (step.get("other") or 0) >= 0 and bool(inputs) and all(tensor.above_zero for tensor in inputs)
