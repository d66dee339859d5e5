"""What a framework's reductions, operators and products take: axes that are not named, scalars, sizes of 1."""

from dataclasses import dataclass, field
from typing import Literal

REDUCTIONS = frozenset(
    [
        *("sum", "mean", "prod", "amax", "amin", "any", "all", "logsumexp", "nansum", "nanmean", "count_nonzero"),
        *("sum_square", "log_sum", "std", "var", "norm", "max", "min", "median", "nanmedian"),
    ]
)
"""Families of layers that take one number of several."""


@dataclass(frozen=True, kw_only=True)
class AxisRules:
    """How layers that work along axes read what their author left out; families are those of our types."""

    scalar_axis: bool = False
    """An input without axes takes the indices 0 and -1, as if it had one axis."""
    no_axes_are_none: frozenset[str] = frozenset()
    """Families of which an empty list of axes leaves every axis as it is; elsewhere it means all axes."""
    one_axis: frozenset[str] = frozenset({"argmax", "argmin", "topk", "sort", "argsort"})
    """Families that take one axis, not a list."""
    needs_axis: frozenset[str] = frozenset()
    """Families that need an axis to be named."""
    needs_axis_to_keep: frozenset[str] = frozenset()
    """Families that keep axes only if they are named."""
    gives_indices: frozenset[str] = frozenset()
    """Families that give the positions of what they take as a second output."""
    axes_as_input: bool = False
    """The axes may also come as a second input."""
    repeats: bool = False
    """An axis may be named twice."""
    lacks: frozenset[str] = frozenset()
    """Parameters of layers along one axis that are not there."""


@dataclass(frozen=True, kw_only=True)
class EquationRules:
    """How an equation of a sum over indices is read."""

    stretches: bool = False
    """An axis of size 1 goes with any other size."""
    ellipsis_keeps_rank: bool = False
    """`...` stands for as many axes of each input."""
    sums_ellipsis: bool = False
    """What stands under `...` may be left out of the output, and is summed."""
    unwritten_order: Literal["alphabet", "appearance"] = "alphabet"
    """The order of the letters that come out where no output is written."""
    most_unwritten_ellipses: int | None = None
    """Where no output is written, `...` comes out, in front, if no more inputs have it."""
    unwritten_capitals: bool = True
    """Where no output is written, capital letters may come out."""


@dataclass(frozen=True, kw_only=True)
class OperatorRules:
    """What operators between tensors take: matrix products, sums over indices, arithmetic in place."""

    dot_of_vectors: bool = False
    """`dot` takes vectors only."""
    outer_of_vectors: bool = False
    """`outer` takes vectors only; elsewhere it flattens its inputs."""
    equations: EquationRules = field(default_factory=EquationRules)
    contracted_stretch: bool = False
    """An axis of size 1 that is summed over goes with any other size."""
    in_place_keeps_shape: bool = False
    """An operator in place refuses a result of another shape than its left operand's."""
    response_norm_axes: tuple[int, ...] = (3, 4, 5, 6, 7, 8)
    """The numbers of axes that a local response normalisation takes."""
    class_axis_from_front: bool = False
    """A new axis of classes is named from the front, or is the last one, -1."""
    scalar_classes: bool = True
    """A single index becomes a vector of classes, too."""
    clamp_needs_bound: bool = False
    """A clamp without bounds is refused."""
    clamp_needs_both: bool = False
    """A clamp takes both bounds, not one."""
    extremes_of_numbers: bool = True
    """The larger or smaller may be that of an element and a number; elsewhere of two tensors."""
    norms_of_vectors: bool = True
    """A norm along several axes is that of one long vector; elsewhere a matrix's."""
