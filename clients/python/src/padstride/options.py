"""Options of questions, by the names that requests have for them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Framework = Literal["pytorch", "keras", "onnx", "jax"]
Unknown = Literal["kernel_size", "stride", "padding", "dilation", "output_padding", "input_size"]
"""What can be solved for."""
Detail = Literal["full", "sizes"]
Layer = Mapping[str, Any]
Size = int | Sequence[int]
Shape = Sequence[int | None]
Algorithm = Literal["direct", "im2col", "shifted", "winograd_rows", "winograd_4x4", "fft", "col2im"]


class Rules(TypedDict, total=False):
    """Whose rules apply; `opset` is ONNX' alone."""

    framework: Framework | None
    opset: int | None


class ReadOptions(Rules, total=False):
    """Of a model: the shape of its input, or of several in their order or by name; None where a size is not known."""

    input_shape: Shape | None
    input_shapes: Sequence[Shape] | None
    inputs: Mapping[str, Shape] | None


class WriteOptions(ReadOptions, total=False):
    """Of a network: its outputs by name, and whether costs and receptive fields are told."""

    outputs: Sequence[str] | None
    detail: Detail | None


class ValidateOptions(WriteOptions, total=False):
    """Also the outputs of layers whose boxes of input pixels are wanted."""

    receptive_field_of: Sequence[Mapping[str, Any]] | None


class InputSizesOptions(Rules, total=False):
    """What is known of the input, the least and the most size to try, and what is wanted."""

    channels: int | Mapping[str, int] | None
    input_shape: Shape | None
    rank: int | None
    range: Sequence[int] | None
    output_size: Size | None
    input_size: Size | None


class ConvolveOptions(TypedDict, total=False):
    """How a layer is applied to arrays."""

    opset: int | None
    layout: Literal["channels_first", "channels_last"] | None
    flip_kernel: bool | None
    algorithm: Algorithm | None
    precision: Literal["default", "fast"] | None


class ExplainOptions(ConvolveOptions, total=False):
    """The same where arrays are lists."""

    framework: Framework | None
    dtype: str | None
    bias: "ArrayLike | None"
    pointwise_weight: "ArrayLike | None"
