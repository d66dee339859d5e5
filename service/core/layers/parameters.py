"""PARAMETERS: every parameter a layer may have, what it means, and what the frameworks call it.

Constraints live in the types, once: the same annotations bound the values that are read and the published schema.
ALIASES turns each framework's own name into ours, and CONVERSIONS its value where that has another form.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, Len
from typing_extensions import TypedDict

from service.core.geometry.padding_pairs import begins_then_ends
from service.core.geometry.shapes import LARGEST

Positive = Annotated[int, Ge(1), Le(LARGEST)]
Amount = Annotated[int, Ge(-LARGEST), Le(LARGEST)]
Natural = Annotated[int, Ge(0), Le(LARGEST)]
PerAxis = Positive | Annotated[Sequence[Positive], Len(1, 3)]
AmountPerAxis = Amount | Annotated[Sequence[Amount], Len(1, 3)]
AmountPair = Annotated[Sequence[Amount], Len(2, 2)]
PaddingName = Literal["valid", "same", "same_upper", "same_lower", "causal", "full"]
PaddingValue = (
    PaddingName | Amount | Annotated[Sequence[Amount], Len(1, 3)] | Annotated[Sequence[AmountPair], Len(1, 3)]
)
PaddingMode = Literal["zeros", "reflect", "replicate", "circular"]
PadMode = Literal["constant", "reflect", "replicate", "circular"]
DataFormat = Literal["channels_first", "channels_last"]
Dimension = Annotated[int, Ge(-8), Le(7)]
GivenShape = Annotated[Sequence[Positive | None], Len(0, 8)]

AxisIndex = Annotated[int, Ge(-9), Le(8)]
Axes = Annotated[Sequence[AxisIndex], Len(0, 8)]
Bound = Annotated[int, Ge(-(2**63)), Le(2**63 - 1)]
FreeSize = Annotated[int, Ge(-1), Le(LARGEST)] | None


class Like(TypedDict):
    """The spatial sizes of another layer's output, whatever they are."""

    like: str


Like.__pydantic_config__ = {"extra": "forbid", "strict": True}  # type: ignore[attr-defined]  # read by the validator


WantedSize = Positive | Annotated[Sequence[Amount], Len(1, 5)] | Like
OutputSize = Positive | Annotated[Sequence[Positive | None], Len(1, 3)] | Like
SizeOrLike = PerAxis | Like
Probability = Annotated[float, Ge(0), Le(1)]

A_SIZE = "an integer of at least 1, or one per axis"
A_SIZE_OR_LIKE = A_SIZE + ', or {"like": the name of a layer}'
A_SHAPE = "a list of integers of at least 1, or null where a size is not known"
A_COUNT = "an integer of at least 1"
A_FLAG = "true or false"
A_NUMBER = "a number"
AXES = "an index of an axis, or a list of them"
AN_INDEX = "an integer index of an axis; negative ones count from the end"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name, what it means, the form of its value, and its other spellings."""

    name: str
    meaning: str
    form: str
    aliases: tuple[str, ...] = ()


_rows = (
    Parameter("kernel_size", "Window size.", A_SIZE, ("pool_size", "kernel_shape", "window_shape")),
    Parameter("stride", "Step from one window to the next.", A_SIZE, ("strides", "window_strides")),
    Parameter(
        "padding",
        "Positions added to (cropped from, in a transposed convolution) each end of each axis.",
        "an integer, one per axis, a pair [before, after] per axis, or one of"
        ' "valid", "same", "same_upper", "same_lower", "causal", "full"',
        ("pads", "auto_pad", "cropping"),
    ),
    Parameter(
        "dilation",
        "Step from one kernel element to the next.",
        A_SIZE,
        ("dilation_rate", "dilations", "rhs_dilation", "window_dilation"),
    ),
    Parameter(
        "input_dilation",
        "Step from one input element to the next, zeros between (JAX).",
        A_SIZE,
        ("lhs_dilation", "base_dilation"),
    ),
    Parameter(
        "groups", "Groups of channels convolved apart from each other.", A_COUNT, ("group", "feature_group_count")
    ),
    Parameter("in_channels", "Channels of the input.", A_COUNT),
    Parameter("out_channels", "Channels of the output.", A_COUNT, ("filters",)),
    Parameter("bias", "Whether a bias is added.", A_FLAG, ("use_bias",)),
    Parameter("padding_mode", "What padding is filled with.", 'one of "zeros", "reflect", "replicate", "circular"'),
    Parameter("data_format", "Where the channels stand.", '"channels_first" or "channels_last"'),
    Parameter(
        "output_padding",
        "Chooses among the output sizes of a transposed convolution that map back to its input.",
        "an integer of at least 0, or one per axis",
    ),
    Parameter("output_size", "The spatial size wanted; null keeps that axis.", A_SIZE_OR_LIKE, ("output_shape",)),
    Parameter("declared_output", "The shape that comes out.", A_SHAPE, ("output_shape",)),
    Parameter(
        "declared_outputs", "The shapes that come out, one for each output.", "a list of shapes", ("output_shapes",)
    ),
    Parameter("ceil_mode", "Whether the number of windows is rounded up.", A_FLAG),
    Parameter("count_include_pad", "Whether an average counts padding.", A_FLAG),
    Parameter(
        "divisor_override", "What an average divides by instead of its window's size.", "an integer other than 0"
    ),
    Parameter("norm_type", "The power of an LP pool.", "a number other than 0", ("p",)),
    Parameter("depth_multiplier", "Output channels for each input channel.", A_COUNT),
    Parameter(
        "scale_factor",
        "How many times as long each axis becomes.",
        "a number above 0, or one per axis",
        ("upscale_factor", "downscale_factor"),
    ),
    Parameter("size", "The spatial size wanted.", A_SIZE_OR_LIKE),
    Parameter("to", "The spatial size to pad or crop to, half on each side.", A_SIZE_OR_LIKE),
    Parameter("align_corners", "Accepted and ignored: shapes do not depend on it.", A_FLAG),
    Parameter(
        "shape",
        "The shape wanted, all axes; one size may be -1.",
        "a list of integers of at least 1, one of them -1 at most",
        ("target_shape",),
    ),
    Parameter("dims", "The axes that are meant; of a permutation all of them, in the order of the output.", AXES),
    Parameter("allowzero", "Whether 0 is a size; else it is the input's size at that place (ONNX).", A_FLAG),
    Parameter("num_groups", "Groups of channels normalised together; -1 for one a channel.", A_COUNT),
    Parameter("num_channels", "Channels of the input.", A_COUNT),
    Parameter("normalized_shape", "The last axes' sizes.", "an integer of at least 1, or a list of them"),
    Parameter("elementwise_affine", "Whether there is a trained scale and shift for each element.", A_FLAG),
    Parameter("keepdims", "Whether the spatial axes stay, at size 1.", A_FLAG),
    Parameter("axis", "The axis that is meant: of the channels, or the first of those to flatten.", AN_INDEX),
    Parameter("return_indices", "Whether the places of the maxima come out too, as a second output.", A_FLAG),
    Parameter(
        "mode",
        "What padding is filled with, or how positions are interpolated.",
        "one of the modes of its layer",
        ("interpolation",),
    ),
    Parameter("value", "What constant padding is filled with.", A_NUMBER),
    Parameter("start_dim", "First axis to flatten.", AN_INDEX),
    Parameter("end_dim", "Last axis to flatten.", AN_INDEX),
    Parameter("dim", "The axis to work along.", AN_INDEX, ("axis",)),
    Parameter("in_features", "Size of the input's last axis.", A_COUNT),
    Parameter("out_features", "Size of the output's last axis.", A_COUNT, ("units",)),
    Parameter("num_features", "Channels of the input.", A_COUNT),
    Parameter("eps", "Added to the variance before the division.", A_NUMBER, ("epsilon",)),
    Parameter("momentum", "Weight of the newest batch in the running statistics; null averages them all.", A_NUMBER),
    Parameter("affine", "Whether there is a trainable scale and shift a channel.", A_FLAG),
    Parameter("center", "Whether there is a trained shift a channel, whatever `affine` says.", A_FLAG),
    Parameter("scale", "Whether there is a trained scale a channel, whatever `affine` says.", A_FLAG),
    Parameter("track_running_stats", "Whether running statistics are kept.", A_FLAG),
    Parameter("p", "Probability of dropping an element.", "a number from 0 to 1", ("rate",)),
    Parameter("inplace", "Accepted and ignored: shapes do not depend on it.", A_FLAG),
    Parameter("negative_slope", "Slope below zero.", A_NUMBER),
    Parameter("alpha", "Scale of the part below zero.", A_NUMBER),
    Parameter("approximate", "How the error function is computed.", '"none" or "tanh"'),
    Parameter("num_parameters", "Trainable slopes: 1, or one a channel.", A_COUNT),
    Parameter("init", "The slope before training.", A_NUMBER),
    Parameter("min_val", "Lower bound.", A_NUMBER),
    Parameter("max_val", "Upper bound.", A_NUMBER),
    # the structure of tensors
    Parameter("split_size", "How many positions each part has.", "an integer of at least 1, or a list of sizes"),
    Parameter("sections", "How many parts there are.", A_COUNT, ("num_outputs",)),
    Parameter("chunks", "How many parts there are at most.", A_COUNT),
    Parameter("indices", "Where the parts begin, but for the first.", "a list of integers"),
    Parameter("starts", "The first position along each axis.", "a list of integers"),
    Parameter("ends", "The position after the last along each axis.", "a list of integers"),
    Parameter("steps", "The step along each axis.", "a list of integers other than 0"),
    Parameter("start", "Where it begins.", A_NUMBER),
    Parameter("end", "Before which axis it ends.", AN_INDEX),
    Parameter("length", "How many positions are taken.", "an integer of at least 0"),
    Parameter("position", "The position that is taken; negative ones count from the end.", "an integer"),
    Parameter(
        "index",
        "What is taken, as Python writes it.",
        'an integer, a slice as text ("1:", "::2"), "...", null for a new axis, {"input": n}, or a list of those',
    ),
    Parameter("dim0", "One of the two axes.", AN_INDEX, ("axis0", "axis2")),
    Parameter("dim1", "The other of the two axes.", AN_INDEX, ("axis1",)),
    Parameter("source", "The axes that are moved.", AXES),
    Parameter("destination", "Where they go.", AXES),
    Parameter("shifts", "How far positions move.", "an integer, or one an axis", ("shift",)),
    Parameter("k", "How many quarters it is turned.", "an integer"),
    Parameter("diagonal", "Which diagonal is meant; 0 is the main one.", "an integer"),
    Parameter("repeats", "How often it is repeated.", "an integer of at least 0, or a list of them"),
    Parameter("n", "How often it is repeated.", A_COUNT),
    Parameter("indexing", "Which input comes first.", '"xy" or "ij"'),
    Parameter("sizes", "The sizes that an axis becomes; one may be -1.", "a list of integers"),
    Parameter("step", "Step from one window to the next.", A_COUNT),
    Parameter("limit", "Before which number it ends.", A_NUMBER),
    Parameter("delta", "The step from one number to the next.", "a number other than 0"),
    Parameter("scales", "How many times as long each axis becomes.", "a list of numbers above 0"),
    Parameter("new_sizes", "The size wanted of each axis.", "a list of integers of at least 1"),
    Parameter("policy", "Whether the axes keep their relation.", '"stretch", "not_larger" or "not_smaller"'),
    Parameter("height", "The height wanted.", A_COUNT),
    Parameter("width", "The width wanted.", A_COUNT),
)

PARAMETERS: Mapping[str, Parameter] = {row.name: row for row in _rows}
ALIASES: Mapping[str, str] = {alias: row.name for row in _rows for alias in row.aliases}


def _from_pads(value: Any) -> Any:
    """ONNX's flat order, all begins and then all ends, as pairs; raises ValueError with the form it should have."""
    if not isinstance(value, list) or not value or len(value) % 2:
        raise ValueError("two integers per axis: all begins, then all ends")
    return begins_then_ends(value)


def _from_auto_pad(value: Any) -> Any:
    """ONNX's words in capitals as our names."""
    if value not in ("VALID", "SAME_UPPER", "SAME_LOWER"):
        raise ValueError("one of NOTSET, VALID, SAME_UPPER, SAME_LOWER")
    return value.lower()


def _lowered(value: Any) -> Any:
    """`SAME_UPPER` as `same_upper`."""
    return value.lower() if isinstance(value, str) else value


CONVERSIONS: Mapping[str, Callable[[Any], Any]] = {
    "pads": _from_pads,
    "auto_pad": _from_auto_pad,
    "padding": _lowered,
    "data_format": _lowered,
}
"""How the value of a spelling becomes ours, where it is not the same; ValueError says what form it should have."""
UNSET: Mapping[str, Any] = {"auto_pad": "NOTSET"}
"""Values that mean the parameter was not given."""
RESHAPED = frozenset({"pads"})
"""Spellings whose value has another structure than ours, so that an index into one is none into the other."""

UNJUDGED = frozenset(
    {"bias", "in_channels", "in_features", "num_features", "num_channels", "eps", "momentum", "affine", "center"}
    | {"scale", "track_running_stats", "elementwise_affine", "p", "inplace", "negative_slope", "alpha", "approximate"}
    | {"init", "min_val", "max_val", "return_indices", "align_corners", "num_parameters", "out_channels"}
    | {"out_features"}
)
"""Parameters that can be unknown while everything else of a layer is judged."""
SIZELESS = UNJUDGED | {
    *("groups", "padding_mode", "mode", "value", "count_include_pad", "divisor_override", "norm_type", "num_groups"),
    "normalized_shape",
}
"""Parameters that no size depends on; what comes out is known without them."""
