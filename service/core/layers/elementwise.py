"""Operators between branches, element by element: arithmetic, comparisons, choices; one may be a number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from service.core.geometry.shapes import Shape
from service.core.layers.base import InputCounts, Layer, Site
from service.core.layers.merging import broadcast, common_sizes
from service.core.layers.parameters import Dimension, Number
from service.core.layers.registry import layer_kind

BRANCH_FAMILIES = frozenset({"add", "subtract", "multiply", "maximum", "minimum", "average"})
"""Operators that some frameworks have as layers of their own, with a broadcasting of their own."""

Alignment = Literal["last", "batch", "none"]

FEWEST_AXES_OF_EXAMPLES = 3
"""Up to as many axes a branch may be a weight that stretches to the other. Chosen: `[C, 1, 1]` is one a channel."""


@layer_kind("add", "multiply", "maximum", "minimum", "average")
@dataclass(frozen=True, kw_only=True)
class Elementwise(Layer):
    """The branches combined element by element; sizes of 1 stretch.

    With `other` it combines one branch and that number. Shapes of fewer axes get axes of size 1 at the front; where
    `align` is "batch", as in Keras' layers, behind the batch. Where it is "none", as in `jax.lax`, all have as many
    axes, or none. `second_from` is the axis of the first branch at which those of the second begin, as ONNX had it up
    to operator set 6.
    """

    merges: ClassVar[bool] = True
    takes_inputs: ClassVar[InputCounts] = (1, None)
    passes_channels_on: ClassVar[bool] = False

    other: Number | None = None
    align: Alignment | None = None
    second_from: Dimension | None = None
    inplace: bool = False

    @property
    def takes_the_one_before(self) -> bool:
        """Where its other operand is a number."""
        return self.other is not None

    def batch_stands_apart(self, site: Site) -> bool:
        """Whether lower ranks are filled up behind the batch."""
        if self.align is not None:
            return self.align == "batch"
        return site.framework.batch_stands_apart and site.kind.family in BRANCH_FAMILIES

    def goes_with_ranks(self, shapes: Sequence[Shape]) -> bool:
        """Whether branches may have as many axes as these: where lower ranks are not filled up, the same, or none."""
        return self.align != "none" or len({len(shape) for shape in shapes if shape}) < 2

    def together(self, site: Site, shapes: Sequence[Shape]) -> Shape | None:
        """The shape that branches broadcast to; None where they do not."""
        if self.second_from is not None and len(shapes) == 2:
            first, second = shapes
            behind = len(first) - self.second_from % (len(first) or 1) - len(second)
            shapes = (first, (*second, *(1,) * behind))
        if not self.goes_with_ranks(shapes):
            return None
        return broadcast(shapes, batch_stands_apart=self.batch_stands_apart(site))

    def output_shape(self, site: Site) -> Shape | None:
        """The shape the branches broadcast to."""
        known = [shape for shape in site.inputs if shape is not None]
        if not known:
            return None
        if len(known) == len(site.inputs):
            return self.together(site, known)
        longest = max(known, key=len)
        if len(longest) <= FEWEST_AXES_OF_EXAMPLES:
            return None  # weights and biases have as few, and what is not known may have more
        return (longest[0], *(None,) * (len(longest) - 1))  # any size of 1 may be stretched by what is not known

    def declared_shape(self, site: Site) -> Shape | None:
        """The sizes on which the branches agree."""
        return common_sizes([shape for shape in site.inputs if shape is not None])


@layer_kind("subtract", "divide", "floor_divide", "remainder", "fmod", "power", "atan2", "hypot", "log_add_exp",
            "equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "logical_and", "logical_or",
            "logical_xor", "bitwise_and", "bitwise_or", "bitwise_xor", "shift_left", "shift_right",
            "squared_difference", "xlogy", "copysign", "nextafter", "heaviside")  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class BinaryOperator(Elementwise):
    """Two branches, or a branch and the number `other`, combined element by element; sizes of 1 stretch.

    `reversed` makes `other` the first operand.
    """

    takes_inputs: ClassVar[InputCounts] = (1, 2)

    reversed: bool = False
    rounding_mode: Literal["trunc", "floor"] | None = None


@layer_kind("where", "addcmul", "addcdiv", "lerp")
@dataclass(frozen=True, kw_only=True)
class TernaryOperator(Elementwise):
    """Three branches combined element by element; sizes of 1 stretch. `where` takes of the second or of the third.

    Numbers may stand for the last ones.
    """

    takes_inputs: ClassVar[InputCounts] = (1, 3)


@layer_kind("clamp")
@dataclass(frozen=True, kw_only=True)
class Clamp(Elementwise):
    """`min(max(x, lower), upper)`: held between two bounds, which are numbers or branches."""

    takes_inputs: ClassVar[InputCounts] = (1, 3)

    min: Number | None = None
    max: Number | None = None

    @property
    def takes_the_one_before(self) -> bool:
        """It may have no other input."""
        return True
