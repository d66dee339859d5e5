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
Dimensions = Dimension | Annotated[Sequence[Dimension], Len(0, 8)]
Number = bool | float
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
    Parameter("norm_type", "The power of a norm or an LP pool.", "a number other than 0", ("p", "ord")),
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
    Parameter("keepdims", "Whether the axes that are reduced stay, at size 1.", A_FLAG, ("keepdim",)),
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
    Parameter(
        "inplace", "Whether the output takes the place of the first input, whose shape it then must have.", A_FLAG
    ),
    Parameter("negative_slope", "Slope below zero.", A_NUMBER),
    Parameter("alpha", "Scale of the part below zero.", A_NUMBER),
    Parameter("approximate", "How the error function is computed.", '"none" or "tanh"'),
    Parameter("num_parameters", "Trainable slopes: 1, or one a channel.", A_COUNT),
    Parameter("shared_axes", "Axes along which all elements share a slope (Keras).", "a list of axis indices"),
    Parameter("init", "The slope before training.", A_NUMBER),
    Parameter("min_val", "Lower bound.", A_NUMBER),
    Parameter("max_val", "Upper bound.", A_NUMBER),
    # recurrent layers, attention, wrappers, composites and norms with their weights as inputs
    Parameter("input_size", "Features of the input at a step.", A_COUNT),
    Parameter("hidden_size", "Features of the state.", A_COUNT),
    Parameter("num_layers", "Recurrent layers, each reading what the one before gives.", A_COUNT),
    Parameter("batch_first", "Whether the batch is the first axis, and the positions the second.", A_FLAG),
    Parameter("dropout", "Probability of dropping an element between the parts of the layer.", "a number from 0 to 1"),
    Parameter("bidirectional", "Whether the sequence is read from its end as well.", A_FLAG),
    Parameter("direction", "From which end the sequence is read.", '"forward", "reverse" or "bidirectional"'),
    Parameter("return_sequences", "Whether every step's state comes out, not only the last one's.", A_FLAG),
    Parameter("return_state", "Whether the last state comes out too.", A_FLAG),
    Parameter("go_backwards", "Whether the sequence is read from its end.", A_FLAG),
    Parameter("reset_after", "Whether a GRU multiplies its state before it is reset.", A_FLAG),
    Parameter(
        "proj_size",
        "Features of the state of an LSTM where they are projected; 0 for none.",
        "an integer of at least 0",
    ),
    Parameter("layer", "The layer that this one holds.", "a layer object"),
    Parameter("merge_mode", "How what both directions give is merged.", '"concat", "sum", "mul", "ave" or "none"'),
    Parameter("n_power_iterations", "Steps of the approximation.", "an integer", ("power_iterations",)),
    Parameter("dropout_p", "Probability of dropping a weight.", "a number from 0 to 1"),
    Parameter("is_causal", "Whether a position attends only to those before it.", A_FLAG),
    Parameter("enable_gqa", "Whether groups of query heads share one of keys and values.", A_FLAG),
    Parameter("q_num_heads", "Heads that stand side by side in the queries' last axis.", A_COUNT),
    Parameter("kv_num_heads", "Heads that stand side by side in the last axis of keys and values.", A_COUNT),
    Parameter("use_scale", "Whether the scores have a trained scale.", A_FLAG),
    Parameter("score_mode", "How a query and a key give a score.", '"dot" or "concat"'),
    Parameter("return_attention_scores", "Whether the scores come out too.", A_FLAG),
    Parameter("embed_dim", "Features of the queries and of what comes out.", A_COUNT),
    Parameter("num_heads", "Heads that attend apart from each other.", A_COUNT),
    Parameter("add_bias_kv", "Whether a trained key and value are added to those given.", A_FLAG),
    Parameter("add_zero_attn", "Whether a key and a value of zeros are added to those given.", A_FLAG),
    Parameter("kdim", "Features of the keys.", A_COUNT),
    Parameter("vdim", "Features of the values.", A_COUNT),
    Parameter("need_weights", "Whether the weights come out too.", A_FLAG),
    Parameter("average_attn_weights", "Whether the weights that come out are the mean of all heads.", A_FLAG),
    Parameter("key_dim", "Features of a head's queries and keys.", A_COUNT),
    Parameter("value_dim", "Features of a head's values.", A_COUNT),
    Parameter(
        "projected_shape",
        "Features of what comes out.",
        "an integer of at least 1, or a list of them",
        ("output_shape",),
    ),
    Parameter("attention_axes", "The axes that are attended to.", "an index of an axis, or a list of them"),
    Parameter("head_dim", "Features of a head.", A_COUNT),
    Parameter("num_query_heads", "Heads of the queries.", A_COUNT),
    Parameter("num_key_value_heads", "Heads of the keys and values.", A_COUNT),
    Parameter("d_model", "Features of what comes in and out.", A_COUNT),
    Parameter("nhead", "Heads that attend apart from each other.", A_COUNT),
    Parameter("dim_feedforward", "Features between the two linear layers.", A_COUNT),
    Parameter("activation", "Accepted and ignored: shapes do not depend on it.", "the name of a function"),
    Parameter("layer_norm_eps", "Added to the variance before the division.", A_NUMBER),
    Parameter("norm_first", "Whether the normalisation comes before each part, not after.", A_FLAG),
    Parameter("features", "Size of the last axis.", A_COUNT, ("projection_dim",)),
    Parameter("window_size", "Height and width of a window.", "two integers of at least 1"),
    Parameter("shift_size", "By how much the windows are moved.", "two integers of at least 0"),
    Parameter("qkv_bias", "Whether queries, keys and values have biases.", A_FLAG),
    Parameter("proj_bias", "Whether what comes out has a bias.", A_FLAG),
    Parameter("attention_dropout", "Probability of dropping a weight.", "a number from 0 to 1"),
    Parameter("init_values", "The scale before training.", A_NUMBER),
    Parameter("drop_mode", "Whether a branch is dropped for each example or for the batch.", '"row" or "batch"'),
    Parameter("scale_by_keep", "Whether what is kept is scaled up.", A_FLAG),
    Parameter("from_axis", "The first of the axes that are normalised together.", AN_INDEX),
    Parameter("return_statistics", "Whether the mean and the inverse deviation come out too.", A_FLAG),
    Parameter("factor", "What every element is multiplied by.", "a number, or one a channel"),
    Parameter("offset", "What is added to every element.", "a number, or one a channel"),
    Parameter("mean", "The mean, if it is known.", "a number, or a list of them"),
    Parameter("variance", "The variance, if it is known.", "a number, or a list of them"),
    Parameter(
        "kept_axes", "The axes along which every place has its own numbers.", "an index of an axis, or a list of them"
    ),
    Parameter("along_axes", "The axes to work along.", "an index of an axis, or a list of them", ("axes",)),
    Parameter("order", "The power of the norm.", A_NUMBER),
    Parameter("invert", "Whether it undoes a normalisation.", A_FLAG),
    Parameter("squeeze_channels", "Channels between the two layers.", A_COUNT),
    Parameter("other", "A number in place of an input: that which is not named.", A_NUMBER, ("value", "exponent")),
    Parameter("reversed", "Whether `other` is the first operand, as in `1 - x`.", A_FLAG),
    Parameter(
        "align", "Which axes of inputs of unlike rank meet: the last, or those after the batch.", '"last" or "batch"'
    ),
    Parameter("rounding_mode", "How a quotient is rounded.", '"trunc" or "floor"'),
    Parameter("min", "Lower bound.", A_NUMBER, ("x_min", "a_min", "clip_value_min")),
    Parameter("max", "Upper bound.", A_NUMBER, ("x_max", "a_max", "clip_value_max")),
    Parameter("dtype", "The type of the numbers, of which shapes do not depend.", "the name of a type, or its number"),
    Parameter("decimals", "Digits kept behind the point.", "an integer"),
    Parameter("max_value", "Upper bound.", "a number of at least 0"),
    Parameter("threshold", "The value up to which the result is 0, or `value`.", A_NUMBER),
    Parameter("replacement", "The result up to the threshold.", A_NUMBER, ("value",)),
    Parameter("lambd", "Half the width of the interval that becomes 0.", A_NUMBER, ("lambda_", "lambd_")),
    Parameter("lower", "The least slope below zero.", A_NUMBER),
    Parameter("upper", "The largest slope below zero.", A_NUMBER),
    Parameter("beta", "A factor or a power of the function.", A_NUMBER),
    Parameter("k", "How many are taken, or the constant of a local response normalisation.", A_NUMBER),
    Parameter("correction", "Taken from the number of values before the division.", A_NUMBER, ("ddof",)),
    Parameter("unbiased", "Whether `correction` is 1 (true) or 0 (false).", A_FLAG),
    Parameter("largest", "Whether the largest are taken, not the smallest.", A_FLAG),
    Parameter("sorted", "Whether those that are taken are sorted.", A_FLAG),
    Parameter("descending", "Whether the largest come first.", A_FLAG),
    Parameter("stable", "Whether equal ones keep their order.", A_FLAG),
    Parameter("exclusive", "Whether a sum leaves out the element at its own place.", A_FLAG),
    Parameter("from_the_end", "Whether sums begin at the end.", A_FLAG, ("reverse",)),
    Parameter("equation", "Letters for the axes of each input, and of the output.", 'text such as "bij,bjk->bik"'),
    Parameter(
        "contracted",
        "The axes that are summed over: how many, or which of each input.",
        "an integer, or a list of one or two lists of axes",
        ("dims", "axes"),
    ),
    Parameter("transpose_first", "Whether the first matrix is transposed.", A_FLAG, ("transA",)),
    Parameter("transpose_second", "Whether the second matrix is transposed.", A_FLAG, ("transB",)),
    Parameter("normalize", "Whether vectors are scaled to length 1 first.", A_FLAG),
    Parameter("in1_features", "Size of the first input's last axis.", A_COUNT),
    Parameter("in2_features", "Size of the second input's last axis.", A_COUNT),
    Parameter("num_embeddings", "How many vectors there are to choose from.", A_COUNT, ("input_dim",)),
    Parameter("embedding_dim", "Size of a vector.", A_COUNT, ("output_dim", "features")),
    Parameter("padding_idx", "The vector that is not trained; shapes do not depend on it.", "an integer index"),
    Parameter("num_classes", "Values that there are; -1 is as many as occur.", A_COUNT, ("depth",)),
    Parameter("indices", "The positions that are taken, where no input gives them.", "an integer, or a list of them"),
    # the structure of tensors
    Parameter("split_size", "How many positions each part has.", "an integer of at least 1, or a list of sizes"),
    Parameter("sections", "How many parts there are.", A_COUNT, ("num_outputs",)),
    Parameter("chunks", "How many parts there are at most.", A_COUNT),
    Parameter("boundaries", "Where the parts begin, but for the first.", "a list of integers", ("indices",)),
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
    Parameter("turns", "How many quarters it is turned.", "an integer", ("k",)),
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
