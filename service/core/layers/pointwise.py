"""Layers that leave the shape as it is: dropout and activations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from annotated_types import Ge, Len

from service.core.geometry.shapes import Shape, Size, elements
from service.core.layers.base import InputCounts, Layer, Site
from service.core.layers.merging import broadcast
from service.core.layers.parameters import Dimension, Positive, Probability
from service.core.layers.registry import layer_kind

SharedAxes = Dimension | Annotated[Sequence[Dimension], Len(0, 8)]
NotNegative = Annotated[float, Ge(0)]


@layer_kind("dropout")
@dataclass(frozen=True, kw_only=True)
class Dropout(Layer):
    """Elements dropped at random in training; nothing at inference."""

    takes_any_shape: ClassVar[bool] = True

    p: Probability = 0.5
    inplace: bool = False
    return_mask: bool = False

    def output_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """What is kept, and which elements those are if that is asked for."""
        return (site.shape,) * (1 + self.return_mask)

    def declared_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """As many outputs."""
        return self.output_shapes(site)


@layer_kind("identity")
@dataclass(frozen=True, kw_only=True)
class Identity(Layer):
    """What comes in goes out."""

    takes_any_shape: ClassVar[bool] = True


@layer_kind("relu6", "sigmoid", "tanh", "silu", "mish", "hardswish", "hardsigmoid", "selu", "softsign",
            "softplus", "log_sigmoid", "tanhshrink", "sparse_plus", "squareplus", "sparse_sigmoid")  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class Activation(Layer):
    """A function of each element on its own."""

    takes_any_shape: ClassVar[bool] = True

    inplace: bool = False


@layer_kind("relu")
@dataclass(frozen=True, kw_only=True)
class Relu(Activation):
    """`x` above zero, 0 below; Keras' also has a `max_value`, a `threshold` and a slope below it."""

    max_value: NotNegative | None = None
    negative_slope: NotNegative = 0.0
    threshold: NotNegative = 0.0


@layer_kind("hardshrink", "softshrink")
@dataclass(frozen=True, kw_only=True)
class Shrink(Activation):
    """0 from `-lambd` to `lambd`; outside `x`, or `x` moved towards 0 by `lambd`."""

    lambd: float = 0.5


@layer_kind("threshold")
@dataclass(frozen=True, kw_only=True)
class Threshold(Activation):
    """`x` above `threshold`, elsewhere the number `value`."""

    threshold: float
    replacement: float = 0.0


@layer_kind("thresholded_relu")
@dataclass(frozen=True, kw_only=True)
class ThresholdedRelu(Activation):
    """`x` above `alpha`, 0 elsewhere."""

    alpha: float = 1.0


@layer_kind("rrelu")
@dataclass(frozen=True, kw_only=True)
class RandomRelu(Activation):
    """`x` above zero, below it times a slope between `lower` and `upper`, random in training."""

    lower: float = 1 / 8
    upper: float = 1 / 3


@layer_kind("leaky_relu")
@dataclass(frozen=True, kw_only=True)
class LeakyRelu(Activation):
    """`x` above zero, `negative_slope * x` below."""

    negative_slope: float = 0.01


@layer_kind("elu", "celu")
@dataclass(frozen=True, kw_only=True)
class ExponentialUnit(Activation):
    """`x` above zero, an exponential towards `-alpha` below."""

    alpha: float = 1.0


@layer_kind("gelu")
@dataclass(frozen=True, kw_only=True)
class Gelu(Layer):
    """`x` times the normal distribution's cumulative probability at x."""

    takes_any_shape: ClassVar[bool] = True

    approximate: Literal["none", "tanh"] = "none"


@layer_kind("hardtanh")
@dataclass(frozen=True, kw_only=True)
class Hardtanh(Activation):
    """`x` held between two bounds."""

    min_val: float = -1.0
    max_val: float = 1.0


@layer_kind("prelu")
@dataclass(frozen=True, kw_only=True)
class PRelu(Layer):
    """`x` above zero, a trained slope times `x` below: one slope, or one a channel.

    In Keras one an element of an example, but for the `shared_axes`. The slopes may be a second input.
    """

    takes_inputs: ClassVar[InputCounts] = (1, 2)

    sized_by: ClassVar[frozenset[str]] = frozenset({"num_parameters"})

    num_parameters: Positive | None = None
    init: float = 0.25
    shared_axes: SharedAxes | None = None

    def input_counts(self, site: Site) -> InputCounts:
        """One where the other is no slopes: those have one axis at most, unless they broadcast."""
        if site.framework.weights_broadcast or all(shape is None or len(shape) < 2 for shape in site.inputs[1:]):
            return super().input_counts(site)
        return (1, 1)

    def channels(self, site: Site) -> Size:
        """The channels of the input; 1 where it has no such axis."""
        if site.shape is None or len(site.shape) < 2:
            return None if site.shape is None else 1
        return site.shape[-1 if site.layout.channels_last else 1]

    def output_shape(self, site: Site) -> Shape | None:
        """The input's shape; where the framework broadcasts slopes that are an input, stretched to them."""
        slopes = site.inputs[1] if len(site.inputs) > 1 else ()
        if site.shape is None or not site.framework.slopes_broadcast or not slopes:
            return site.shape
        return broadcast([site.shape, slopes])

    def declared_shape(self, site: Site) -> Shape | None:
        """The input's shape."""
        return site.shape

    def slopes_of_elements(self, site: Site) -> bool:
        """Whether every element of an example has a slope, unless it shares it."""
        given = self.num_parameters is not None
        return self.shared_axes is not None or (site.framework.slopes_of_elements and not given)

    def shared(self, dimensions: int) -> list[int] | None:
        """The shared axes of an example, counted from the front; None where one does not exist."""
        axes = [self.shared_axes] if isinstance(self.shared_axes, int) else self.shared_axes or []
        rank = dimensions - 1
        return [(axis - 1) % rank for axis in axes] if all(-rank <= axis - 1 < rank for axis in axes) else None

    def parameters(self, site: Site) -> Size:
        """The slopes."""
        if len(site.inputs) > 1:
            return 0
        if not self.slopes_of_elements(site):
            return 1 if self.num_parameters is None else self.num_parameters
        shared = None if not site.shape else self.shared(len(site.shape))
        if shared is None or site.shape is None:
            return None
        return elements((1, *(1 if axis in shared else size for axis, size in enumerate(site.shape[1:]))))


@layer_kind("softmax", "log_softmax", "softmin", "hardmax", "sparsemax")
@dataclass(frozen=True, kw_only=True)
class Softmax(Layer):
    """Exponentials scaled to sum to 1 along an axis, or along several in Keras and JAX."""

    dim: Dimension | Annotated[Sequence[Dimension], Len(1, 8)] | None = None


@layer_kind("softmax2d")
@dataclass(frozen=True, kw_only=True)
class Softmax2d(Layer):
    """Exponentials scaled to sum to 1 over the channels of an image."""

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """An image, with a batch or without."""
        return (3, 4)


@layer_kind("local_response_norm")
@dataclass(frozen=True, kw_only=True)
class LocalResponseNorm(Layer):
    """`x / (k + alpha/size * sum of x**2)**beta`, the sum over `size` neighbouring channels."""

    size: Positive
    alpha: float = 1e-4
    beta: float = 0.75
    k: float = 1.0

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Channels and a spatial axis at least, or those of an image."""
        return site.framework.operators.response_norm_axes
