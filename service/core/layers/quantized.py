"""Layers of quantised numbers: to them and back, and the convolutions and products that work on them."""

from dataclasses import dataclass
from typing import ClassVar

from service.core.geometry.shapes import Shape, Size, shape_text
from service.core.layers.base import InputCounts, Site
from service.core.layers.convolving_inputs import ConvolutionOfInputs, ConvolvingInputs
from service.core.layers.parameters import Dimension, Natural, Positive
from service.core.layers.products import Product
from service.core.layers.registry import layer_kind
from service.core.layers.structural import Shapes, Structural, axis_of, unlike_inputs

SINGLE: tuple[Shape, ...] = ((), (1,))
"""The shapes of one number."""


@layer_kind("quantize", "dequantize")
@dataclass(frozen=True, kw_only=True)
class Quantize(Structural):
    """Numbers as small integers, `round(x / scale) + zero_point`, or back; the shape stays.

    Scale and zero point are inputs: one number, one for each position of the axis `dim`, or with `block_size` one for
    each block along it.
    """

    takes_inputs: ClassVar[InputCounts] = (2, 3)
    mixes_positions: ClassVar[bool] = False
    passes_channels_on: ClassVar[bool] = True

    dim: Dimension = 1
    block_size: Natural = 0

    def shapes(self, site: Site) -> Shapes:
        """The input's."""
        shape, scale = site.inputs[0], site.inputs[1]
        if shape is None or scale is None:
            return (shape,)
        point = site.inputs[2] if len(site.inputs) > 2 else scale
        one_number = scale in SINGLE and point in SINGLE
        if point is not None and not one_number and known_to_differ(point, scale):
            raise unlike_inputs(site, "the scale and the zero point have not one shape")
        if scale not in SINGLE and not shape:
            raise unlike_inputs(site, "a number has no axis for a scale of several numbers")
        if scale not in SINGLE and known_to_differ(scale, self.scales(site, shape)):
            raise unlike_inputs(site, f"the scale is not {shape_text(self.scales(site, shape))}")
        return (shape,)

    def scales(self, site: Site, shape: Shape) -> Shape:
        """The shape of a scale that is more than a number."""
        axis = axis_of(site, "dim", self.dim, len(shape))
        size = shape[axis]
        if not self.block_size:
            return (size,)
        return (*shape[:axis], None if size is None else -(-size // self.block_size), *shape[axis + 1 :])


@layer_kind("dynamic_quantize")
@dataclass(frozen=True, kw_only=True)
class DynamicQuantize(Structural):
    """Numbers as small integers, and as outputs 1 and 2 the scale and the zero point that were chosen for them."""

    mixes_positions: ClassVar[bool] = False
    passes_channels_on: ClassVar[bool] = True

    def shapes(self, site: Site) -> Shapes:
        """The input's, and two numbers."""
        return (site.shape, (), ())


@layer_kind("quantized_conv")
@dataclass(frozen=True, kw_only=True)
class QuantizedConvolution(ConvolutionOfInputs):
    """A convolution of quantised numbers; scale and zero point follow the input, the weight, and those of the output.

    The inputs are `x, scale, zero_point, weight, scale, zero_point, scale, zero_point` and a bias.
    """

    takes_inputs: ClassVar[InputCounts] = (8, 9)
    weight_at: ClassVar[int] = 3
    bias_at: ClassVar[int] = 8


@layer_kind("integer_conv")
@dataclass(frozen=True, kw_only=True)
class IntegerConvolution(ConvolutionOfInputs):
    """A convolution of small integers with a weight of them; the zero points of both may follow."""

    takes_inputs: ClassVar[InputCounts] = (2, 4)

    def bias_given(self, site: Site) -> bool:
        """It has none."""
        return False


@layer_kind("deformable_conv")
@dataclass(frozen=True, kw_only=True)
class DeformableConvolution(ConvolvingInputs):
    """A convolution whose kernel elements are moved: by the third input, two numbers for each of them and each output.

    The second input is the weight; a bias, and a mask with a factor for each element, may follow.
    """

    takes_inputs: ClassVar[InputCounts] = (3, 5)
    bias_at: ClassVar[int] = 3

    offset_groups: Positive = 1

    def bias_given(self, site: Site) -> bool:
        """Whether the fourth input is a bias: a vector."""
        shape = site.inputs[3] if len(site.inputs) > 3 else None
        return shape is not None and len(shape) == 1


@layer_kind("integer_matmul")
@dataclass(frozen=True, kw_only=True)
class IntegerProduct(Product):
    """The matrix product of small integers; the zero points of both may follow."""

    takes_inputs: ClassVar[InputCounts] = (2, 4)


@layer_kind("quantized_matmul")
@dataclass(frozen=True, kw_only=True)
class QuantizedProduct(Product):
    """The matrix product of quantised numbers: `a, scale, zero_point, b, scale, zero_point, scale, zero_point`."""

    takes_inputs: ClassVar[InputCounts] = (8, 8)

    def factors(self, site: Site) -> tuple[Shape, Shape] | None:
        """The first input and the fourth."""
        if len(site.inputs) < 4 or site.inputs[0] is None or site.inputs[3] is None:
            return None
        return site.inputs[0], site.inputs[3]


def known_to_differ(first: Shape, second: Shape) -> bool:
    """Whether shapes differ in their axes or in a size that is known of both."""
    return len(first) != len(second) or any(map(_unequal, first, second))


def _unequal(first: Size, second: Size) -> bool:
    return first is not None and second is not None and first != second
