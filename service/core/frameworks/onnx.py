"""ONNX's rules, as recorded by running its operators in onnxruntime on the CPU."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from service.core.frameworks.axis_rules import AxisRules, EquationRules, OperatorRules
from service.core.frameworks.crops import TransposedCrop, crop_as_given
from service.core.frameworks.framework import Framework
from service.core.frameworks.pad_rules import PadRules
from service.core.frameworks.recurrent_rules import RecurrentRules, directions_apart, two_biases
from service.core.frameworks.shared import (
    ACTIVATIONS,
    AXES_MOVED,
    FUNCTIONS,
    GLOBAL_POOL,
    LAST_AXIS,
    OPERATORS,
    PRODUCTS,
    REDUCED,
    SHAPES,
)
from service.core.frameworks.structure_rules import StructureRules
from service.core.frameworks.window_rules import WindowRules
from service.core.geometry.arithmetic import effective_kernel, split, transposed_output
from service.core.geometry.axes import Axis, WindowAxis
from service.core.geometry.padding_pairs import NAMES, SAME, Pair, begins_then_ends


def crop(
    padding: Pair | str, size: int, kernel: int, stride: int, dilation: int, output_padding: int | None
) -> TransposedCrop:
    """`pads` are cropped; SAME gives `i*s`, the odd position cropped after (UPPER) or before (LOWER).

    Source: `onnx/defs/nn/defs.cc`.
    """
    if padding not in SAME:
        return crop_as_given(padding, size, kernel, stride, dilation, output_padding)
    extra = output_padding or 0
    full = transposed_output(size, effective_kernel(kernel, dilation), stride, 0, extra)
    before, after = split(max(full - size * stride, 0), extra_after=padding != "same_lower")
    return TransposedCrop(before, after, extra)


def as_pads(pairs: Sequence[Pair]) -> dict[str, Any]:
    """`pads`: all begins, then all ends."""
    return {"pads": [before for before, _ in pairs] + [after for _, after in pairs]}


def product_of_floats(size: int, factor: float) -> float:
    """`size * factor` in 32-bit floats, as scales are: `100 * 2.3` is 230.0.

    Source: `onnxruntime/core/providers/cpu/tensor/upsamplebase.h`.
    """
    return float(np.float32(size) * np.float32(factor))


def shape_inference_notes(axis: Axis) -> Iterator[str]:
    """Shape inference knows neither the last-window rule (up to opset 21) nor windows that do not fit."""
    if not isinstance(axis, WindowAxis) or axis.padded_size is None:
        return
    spare = axis.padded_size - axis.effective_kernel
    plain = (-(-spare // axis.stride) if axis.ceil_mode else spare // axis.stride) + 1
    if spare < 0:
        yield f"onnx.shape_inference reports {plain} here instead of an error"
    elif plain != axis.output:
        yield f"onnx.shape_inference reports {plain} here up to opset 21"


def ignored_pads(family: str, posted: Mapping[str, Any]) -> str | None:
    """A pool with `auto_pad` ignores its `pads`, which must be valid all the same."""
    pads, kernel = posted.get("pads"), posted.get("kernel_shape")
    if family not in ("max_pool", "avg_pool", "lp_pool") or posted.get("auto_pad", "NOTSET") == "NOTSET":
        return None
    if not isinstance(pads, list) or not isinstance(kernel, list) or len(pads) != 2 * len(kernel):
        return None
    valid = all(type(pad) is int and 0 <= pad < size for pad, size in zip(pads, kernel * 2, strict=True))
    return "pads" if valid else None


ONE_AXIS = frozenset({"argmax", "argmin", "topk", "softmax", "log_softmax", "hardmax", "cumsum"})
"""Families that take one axis, not a list."""
KEEPING = ("sum", "mean", "prod", "amax", "amin", "logsumexp", "norm", "sum_square", "log_sum")
"""Reductions, which keep the axes unless they are told otherwise."""
PADDING_NAMES = NAMES - {"causal", "full"}
POOL = WindowRules(
    name="MaxPool",
    uneven=True,
    named=PADDING_NAMES,
    padding_limit="below kernel",
    truncates=True,
    same_with_dilation="leaves the dilation out of it",
    lacks=frozenset({"input_dilation"}),
    since={"dilation": 10, "ceil_mode": 10},
)

FRAMEWORK = Framework(
    name="onnx",
    title="ONNX",
    version="1.23.2 with onnxruntime 1.31.1",
    place=3,
    opsets=(6, 28),
    spell_padding=as_pads,
    spelled={
        "": {
            "kernel_size": "kernel_shape",
            "stride": "strides",
            "dilation": "dilations",
            "groups": "group",
            "eps": "epsilon",
            "dim": "axis",
        },
        "lp_pool": {"norm_type": "p"},
        "pixel_shuffle": {"scale_factor": "upscale_factor"},
    },
    compared=(ACTIVATIONS - {"relu6", "hardsigmoid", "log_sigmoid"})
    | SHAPES
    | {"pixel_shuffle", "batch_norm", "instance_norm", "group_norm", "layer_norm", "dropout"}
    | FUNCTIONS
    | OPERATORS
    | REDUCED
    | AXES_MOVED
    | PRODUCTS
    | {"hardshrink", "thresholded_relu", "hardmax", "average", "sum_square", "log_sum", "prelu", "rms_norm"},
    fixed=frozenset({"relu", "round"}),
    values={"softmax": LAST_AXIS, "log_softmax": LAST_AXIS, "hardmax": LAST_AXIS, "rms_norm": {"eps": 1e-5}},
    interpolates={
        "nearest": "nearest",
        **dict.fromkeys(("linear", "bilinear", "trilinear"), "half pixels"),
        "bicubic": "cubic, -0.75",
    },
    momentum_of_history=True,
    shuffles_by_channel=True,
    writes_lists=True,
    scaled=product_of_floats,
    ignored_member=ignored_pads,
    tool_notes=shape_inference_notes,
    integer_flags=True,
    along_axes=AxisRules(axes_as_input=True, repeats=True, one_axis=ONE_AXIS),
    operators=OperatorRules(
        equations=EquationRules(stretches=True, ellipsis_keeps_rank=True, unwritten_capitals=False),
        response_norm_axes=(4,),
        scalar_classes=False,
    ),
    defaults={
        **{family: {"keepdims": True} for family in KEEPING},
        **{family: {"keepdims": True, "dim": 0} for family in ("argmax", "argmin")},
        "take": {"dim": 0},
        "gather": {"dim": 0},
    },
    flatten_axis=1,
    negative_flatten_since=11,
    weights_are_inputs=True,
    attention_broadcasts=False,
    weights_broadcast=True,
    slopes_broadcast_since=7,
    weights_by_group_until=20,
    recurrence=RecurrentRules(
        outputs=directions_apart,
        biases=two_biases,
        cells=False,
        weights_given=True,
        lacks=frozenset({"num_layers", "proj_size", "return_sequences", "return_state", "go_backwards"}),
    ),
    structure=StructureRules(
        loose_squeeze=True,
        negative_permutation=False,
        expands="both ways",
        exact_repeats=True,
        uneven_parts_since=18,
        nonzero="columns",
        empty_range=True,
        unpool_by_elements=True,
        slices_scalars=False,
        backwards_from_first=True,
        open_ends=frozenset({2**31 - 1, 2**63 - 1}),
    ),
    pads=PadRules(
        repeated_axes=True,
        flat=begins_then_ends,
        flat_form="two per axis as ONNX has them, all begins and then all ends",
        limited=frozenset({"reflect"}),
        least_kept={"reflect": 1, "replicate": 1, "circular": 1},
        limited_after_crop=True,
    ),
    rules={
        "conv": WindowRules(
            name="Conv",
            uneven=True,
            named=PADDING_NAMES,
            lacks=frozenset({"input_dilation"}),
            same_with_dilation="refuses it",
        ),
        "conv_transpose": WindowRules(
            name="ConvTranspose",
            uneven=True,
            named=PADDING_NAMES,
            crop=crop,
            output_size_crops=True,
            lacks=frozenset({"input_dilation"}),
        ),
        "max_pool": POOL,
        "avg_pool": replace(
            POOL,
            name="AveragePool",
            lacks=POOL.lacks | {"divisor_override"},
            since={"dilation": 19, "ceil_mode": 10, "count_include_pad": 7},
        ),
        "lp_pool": replace(POOL, name="LpPool", absolute=True, since={"dilation": 18, "ceil_mode": 18}),
        "global_max_pool": GLOBAL_POOL,
        "global_avg_pool": GLOBAL_POOL,
    },
)
