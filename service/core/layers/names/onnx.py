"""ONNX's names: the operators of the default domain, with their attributes and the inputs that say a shape."""

from collections.abc import Callable, Mapping
from typing import Any

from service.core.layers.names import conversions as to
from service.core.layers.names.layer_name import (
    LayerName,
    OutOfRangeError,
    Vocabulary,
    Word,
    Words,
    called,
    ignored,
    listed,
)

PREFIXES = ("", "onnx.", "ai.onnx.")

CONVOLVED: Words = {"kernel_shape": "kernel_size"}
POOLED_ELSEWHERE = {"stride": 1, "count_include_pad": False}
LIMITED_UNTIL = 6
"""The last operator set in which operators did not broadcast unless they were told to."""
LIMITED_BROADCAST: Words = {
    "axis": Word("second_from", until=LIMITED_UNTIL),
    "broadcast": Word(None, to.flag, until=LIMITED_UNTIL),
}
NORM: Words = {"epsilon": "eps", "stash_type": Word(None, to.integer)}
NEWEST = 99
"""No operator set is as new: what is still there."""
FLAT_SOFTMAX = {13: {"dim": 1}}
"""Before operator set 13 a softmax made two axes of all, which met at axis 1."""
MODES: Mapping[str, str] = {"constant": "constant", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}
"""What a pad is filled with, and our word for it."""
OLD_PAD: Words = {"paddings": Word("padding", to.pads_of_every_axis, counts_axes=to.half)}


def at_align_corners(value: Any) -> Any:
    """Whether the corners of input and output are laid on each other."""
    modes = ("half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric",
             "tf_half_pixel_for_nn", "tf_crop_and_resize")  # fmt: skip
    return to.one_of(*modes)(value) == "align_corners"


def along(every_axis: Callable[[Any], Any]) -> Callable[[Any, Mapping[str, Any]], Any]:
    """Values of every axis of the input, or of the spatial axes that `axes` names, in their order."""

    def convert(value: Any, posted: Mapping[str, Any]) -> Any:
        axes = posted.get("axes")
        if axes is None:
            return every_axis(value)
        if not isinstance(value, list) or not to.are_integers(axes) or len(axes) != len(value) or not axes:
            raise ValueError("a value for each of `axes`")
        first = 2 if min(axes) >= 0 else -len(axes)
        if sorted(axes) != list(range(first, first + len(axes))):
            raise OutOfRangeError("which is not about the spatial axes alone", "a value for each spatial axis")
        return [entry for _, entry in sorted(zip(axes, value, strict=True))]

    return convert


RESIZED: Words = {
    "scales": Word("scale_factor", beside=along(to.of_spatial_axes), counts_axes=len, unless="axes"),
    "sizes": Word("size", beside=along(to.sizes_of_spatial_axes), counts_axes=len, unless="axes", since=11),
    "mode": Word("mode", to.one_of("nearest", "linear", "cubic")),
    "coordinate_transformation_mode": Word("align_corners", at_align_corners, since=11),
    "nearest_mode": Word(None, to.one_of("round_prefer_floor", "round_prefer_ceil", "floor", "ceil", "simple")),
    "cubic_coeff_a": Word(None, to.number),
    "exclude_outside": Word(None, to.flag),
    "extrapolation_value": Word(None, to.number),
    "antialias": Word(None, to.flag),
    "keep_aspect_ratio_policy": Word("policy", to.one_of("stretch", "not_larger", "not_smaller")),
    "axes": None,
    "roi": None,
}


def interpolated(values: dict[str, Any]) -> dict[str, Any]:
    """ONNX's interpolations are of any rank, ours of one each."""
    rank = len(values.get("scale_factor") or values.get("size") or ())
    modes = {"linear": {2: "bilinear", 3: "trilinear"}.get(rank, "linear"), "cubic": "bicubic"}
    mode = values.get("mode")
    return {**values, "mode": modes.get(mode, mode)} if mode in modes else values


NAMES: tuple[LayerName, ...] = (
    called("Conv", kind="conv", words=CONVOLVED),
    called("ConvTranspose", kind="conv_transpose", words=CONVOLVED),
    called("MaxPool", kind="max_pool", words={"storage_order": Word(None, to.flag)}, elsewhere={"stride": 1}),
    called("AveragePool", kind="avg_pool", elsewhere=POOLED_ELSEWHERE),
    called("LpPool", kind="lp_pool", elsewhere={"stride": 1}),
    called("GlobalAveragePool", kind="global_avg_pool", elsewhere={"keepdims": True}),
    called("GlobalMaxPool", kind="global_max_pool", elsewhere={"keepdims": True}),
    called("Gemm", kind="linear", input_axes=2, by_inputs=dict.fromkeys((2, 3), "gemm"),
           words={"transA": Word(None, to.one_of(0)), "transB": Word(None, to.flag),
                  "alpha": Word(None, to.number), "beta": Word(None, to.number),
                  "broadcast": Word(None, to.flag, until=LIMITED_UNTIL)}),
    called("Pad", kind="pad",
           words={"pads": Word("padding", to.pads_of_every_axis, counts_axes=to.half, unless="axes"), **OLD_PAD,
                  "axes": "dims",
                  "mode": Word("mode", to.renamed(MODES)), "constant_value": Word("value", to.single)}),
    called("Resize", kind="upsample", words=RESIZED, adapts=interpolated, opsets=(10, NEWEST)),
    called("Upsample", kind="upsample", adapts=interpolated, opsets=(7, 9),
           words={"scales": RESIZED["scales"], "mode": Word("mode", to.one_of("nearest", "linear"))}),
    called("DepthToSpace", kind="pixel_shuffle",
           words={"blocksize": "scale_factor", "mode": Word(None, to.one_of("DCR", "CRD"), since=11)}),
    called("SpaceToDepth", kind="pixel_unshuffle",
           words={"blocksize": "scale_factor", "mode": Word(None, to.one_of("DCR", "CRD"))}),
    called("Flatten", kind="flatten", elsewhere={"axis": 1}),
    called("Reshape", kind="reshape", words={"allowzero": Word("allowzero", to.flag)}, defaults={"allowzero": False}),
    called("Transpose", kind="permute", words={"perm": Word("dims", to.counted_from_front)}),
    called("Concat", kind="concat", words={"axis": "dim"}, needs=("dim",)),
    called("Add", kind="add", words=LIMITED_BROADCAST),
    called("Sum", kind="add"),
    called("Mul", kind="multiply", words=LIMITED_BROADCAST),
    called("BatchNormalization", kind="batch_norm",
           words={**NORM, "training_mode": Word(None, to.flag), "spatial": Word(None, to.one_of(1)),
                  "is_test": Word(None, to.flag), "consumed_inputs": None},
           defaults={"momentum": 0.9}),
    called("InstanceNormalization", kind="instance_norm", words=NORM, settled={"affine": True}),
    called("GroupNormalization", opsets=(18, NEWEST), kind="group_norm", words=NORM, settled={"affine": True}),
    called("LayerNormalization", opsets=(17, NEWEST), kind="layer_norm",
           words={**NORM, "axis": "from_axis"}, defaults={"from_axis": -1},
           settled={"elementwise_affine": True}),
    called("Dropout", kind="dropout", words={"ratio": "p", "seed": Word(None, to.integer),
                                             "training_mode": Word(None, to.flag), "is_test": Word(None, to.flag)}),
    called("Identity", kind="identity"),
    called("Relu", kind="relu"),
    called("LeakyRelu", kind="leaky_relu", words={"alpha": "negative_slope"}),
    called("Elu", kind="elu"),
    called("Celu", opsets=(12, NEWEST), kind="celu"),
    called("Selu", kind="selu", words={"alpha": Word(None, to.number), "gamma": Word(None, to.number)}),
    called("Sigmoid", kind="sigmoid"),
    called("Tanh", kind="tanh"),
    called("Softplus", kind="softplus"),
    called("Softsign", kind="softsign"),
    called("HardSigmoid", kind="hardsigmoid", words={"alpha": Word(None, to.number), "beta": Word(None, to.number)}),
    called("HardSwish", opsets=(14, NEWEST), kind="hardswish"),
    called("Mish", opsets=(18, NEWEST), kind="mish"),
    called("Swish", opsets=(24, NEWEST), kind="silu", words={"alpha": Word(None, to.number)}),
    called("Gelu", opsets=(20, NEWEST), kind="gelu"),
    called("PRelu", kind="prelu"),
    called("Clip", kind="hardtanh", words={"min": "min_val", "max": "max_val"},
           by_inputs=dict.fromkeys((2, 3), "clamp")),
    called("Softmax", kind="softmax", words={"axis": "dim"}, defaults={"dim": -1}, older=FLAT_SOFTMAX),
    called("LogSoftmax", kind="log_softmax", words={"axis": "dim"}, defaults={"dim": -1}, older=FLAT_SOFTMAX),
)  # fmt: skip

RECURRENT: Words = {
    **ignored("activations", "activation_alpha", "activation_beta", "clip"),
    "layout": Word("batch_first", to.flag),
    "output_sequence": Word(None, to.flag),
}
SEQUENCES: tuple[LayerName, ...] = (
    called("RNN", kind="rnn", words=RECURRENT, needs=("hidden_size",)),
    called("GRU", kind="gru", words={**RECURRENT, "linear_before_reset": "reset_after"}, needs=("hidden_size",)),
    called("LSTM", kind="lstm", words={**RECURRENT, "input_forget": Word(None, to.flag)}, needs=("hidden_size",)),
    called("Attention", kind="cached_attention", opsets=(23, NEWEST),
           words={"scale": Word(None, to.number), "softcap": Word(None, to.number),
                  "left_window_size": Word(None, to.integer, since=25),
                  "right_window_size": Word(None, to.integer, since=25),
                  **ignored("softmax_precision", "qk_matmul_output_mode")}),
    called("RMSNormalization", kind="rms_norm", opsets=(23, NEWEST), words={**NORM, "axis": "from_axis"},
           defaults={"from_axis": -1}, settled={"elementwise_affine": True}),
    called("MeanVarianceNormalization", kind="mean_variance_norm"),
)  # fmt: skip

OTHERS = listed(
    "ConcatFromSequence Constant If Loop Optional OptionalGetElement OptionalHasElement RegexFullMatch Scan"
    " SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength SequenceMap"
    " SplitToSequence StringConcat StringNormalizer StringSplit"
)
"""Operators that are none of our layers."""

VOCABULARIES = (
    Vocabulary(
        framework="onnx", prefixes=PREFIXES, names=NAMES, everywhere=ignored("domain", "doc_string"), others=OTHERS
    ),
    Vocabulary(framework="onnx", prefixes=PREFIXES, names=SEQUENCES, everywhere=ignored("domain", "doc_string")),
)
