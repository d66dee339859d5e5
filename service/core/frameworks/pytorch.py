"""PyTorch's rules, as recorded by running it on the CPU; sources are cited where they are not obvious."""

from dataclasses import replace
from typing import Any

from service.core.frameworks.axis_rules import AxisRules, EquationRules, OperatorRules
from service.core.frameworks.framework import Framework
from service.core.frameworks.pad_rules import PadRules
from service.core.frameworks.recurrent_rules import RecurrentRules, sequence_and_states, two_biases
from service.core.frameworks.shared import ACTIVATIONS, ADAPTIVE_POOL, GLOBAL_POOL, LIKE_NUMPY, SHAPES
from service.core.frameworks.structure_rules import StructureRules
from service.core.frameworks.window_rules import EVERY_MODE, WindowRules
from service.core.geometry.padding_pairs import last_axis_first


def dimensions_of_a_mean(rank: int, output_size: Any) -> tuple[int, ...] | None:
    """An adaptive average to size 1 is a mean over the last axes, whatever stands before them."""
    if isinstance(output_size, dict):
        return None
    sizes = output_size if isinstance(output_size, list) else [output_size]
    return tuple(range(rank + isinstance(output_size, list), 9)) if set(sizes) == {1} else None


ONE_AXIS = frozenset(
    [
        *("prod", "argmax", "argmin", "max", "min", "median", "nanmedian", "mode", "aminmax", "topk", "sort"),
        *("argsort", "cumsum", "cumprod", "logcumsumexp", "softmax", "log_softmax", "softmin", "unsqueeze"),
    ]
)
"""Families that take one axis, not a list."""
OF_CONVOLUTIONS = frozenset({"stride", "padding", "dilation", "output_padding"})
OF_POOLS = frozenset({"kernel_size", "stride", "padding", "dilation"})
CONVOLUTION = WindowRules(
    name="Conv",
    single_entries=OF_CONVOLUTIONS,
    named=frozenset({"same", "valid"}),
    unit_stride_names=frozenset({"same"}),
    padding_modes=EVERY_MODE,
    negative=EVERY_MODE - {"zeros"},  # these modes pad in a layer of their own, which crops below 0
    lacks=frozenset({"input_dilation"}),
)
MAX_POOL = WindowRules(
    name="MaxPool",
    padding_limit="half kernel",
    default_stride="kernel",
    single_entries=OF_POOLS,
    lacks=frozenset({"input_dilation"}),
)
AVERAGE_POOL = WindowRules(
    name="AvgPool",
    single_entries=OF_POOLS,
    padding_limit="half kernel",
    default_stride="kernel",
    count_include_pad=True,
    lacks=frozenset({"dilation", "input_dilation"}),
)
LP_POOL = WindowRules(
    name="LPPool", default_stride="kernel", lacks=frozenset({"padding", "dilation", "input_dilation"})
)

FRAMEWORK = Framework(
    name="pytorch",
    title="PyTorch",
    version="2.13.0",
    place=1,
    unbatched=True,
    counts_batches=True,
    norms_of_one_value=False,
    compared=ACTIVATIONS
    | SHAPES
    | {"pixel_shuffle", "pixel_unshuffle", "batch_norm", "instance_norm", "group_norm", "layer_norm"}
    | LIKE_NUMPY
    | {"dropout", "softmin", "tanhshrink", "hardshrink", "softshrink", "threshold", "rrelu", "softmax2d", "prelu"}
    | {"positive", "lgamma", "digamma", "logit", "xlogy", "copysign"}
    | {"bmm", "mm", "mv", "dot", "repeat", "narrow", "select", "unflatten", "channel_shuffle", "logcumsumexp"}
    | {"embedding", "rms_norm", "normalize", "max", "min"},
    spelled={"": {"keepdims": "keepdim"}, "norm": {"norm_type": "p"}, "normalize": {"norm_type": "p"}},
    fixed=frozenset({"relu"}),
    values={"rms_norm": {"eps": 1.1920928955078125e-07}, "std": {"correction": 1.0}, "var": {"correction": 1.0}},
    interpolates={
        "nearest": "nearest",
        **dict.fromkeys(("linear", "bilinear", "trilinear"), "half pixels"),
        "bicubic": "cubic, -0.75",
    },
    global_pools=False,
    shuffles_by_channel=True,
    unshuffles_by_channel=True,
    recurrence=RecurrentRules(
        outputs=sequence_and_states,
        biases=two_biases,
        unbatched=True,
        lacks=frozenset({"return_sequences", "return_state", "go_backwards", "reset_after", "direction"}),
    ),
    along_axes=AxisRules(
        scalar_axis=True,
        lacks=frozenset({"exclusive", "from_the_end"}),
        no_axes_are_none=frozenset({"any", "all"}),
        one_axis=ONE_AXIS,
        needs_axis=frozenset({"logsumexp", "cumsum", "cumprod", "logcumsumexp"}),
        needs_axis_to_keep=frozenset({"sum", "mean", "prod", "max", "min", "median", "nanmedian"}),
        gives_indices=frozenset({"max", "min", "median", "nanmedian", "mode", "sort", "cummax", "cummin"}),
    ),
    operators=OperatorRules(
        dot_of_vectors=True,
        outer_of_vectors=True,
        equations=EquationRules(stretches=True, sums_ellipsis=True),
        contracted_stretch=True,
        in_place_keeps_shape=True,
        clamp_needs_bound=True,
        extremes_of_numbers=False,
    ),
    structure=StructureRules(
        squeezes_any_size=True,
        reverses_axes=False,
        expands="keeping",
        negative_steps=False,
        several_ellipses=True,
        flat_indices=True,
        nonzero="rows",
    ),
    pads=PadRules(
        flat=last_axis_first,
        flat_form="two per axis in the order of F.pad, the last axis first",
        least_kept={"constant": 0, "circular": 0},
        copies_within_output=True,
        leading_axes=dict.fromkeys(("reflect", "replicate", "circular"), (1, 2)),
    ),
    rules={
        "conv": CONVOLUTION,
        "conv_transpose": WindowRules(
            name="ConvTranspose",
            single_entries=OF_CONVOLUTIONS,
            output_padding_below="stride or dilation",
            whole_output_size=True,
            lacks=frozenset({"input_dilation"}),
        ),
        "max_pool": MAX_POOL,
        "avg_pool": AVERAGE_POOL,
        "avg_pool1d": replace(AVERAGE_POOL, lacks=AVERAGE_POOL.lacks | {"divisor_override"}),
        "avg_pool3d": replace(AVERAGE_POOL, input_holds_kernel=True),
        "lp_pool": LP_POOL,
        "lp_pool3d": replace(LP_POOL, input_holds_kernel=True),
        "adaptive_max_pool": ADAPTIVE_POOL,
        "adaptive_avg_pool1d": ADAPTIVE_POOL,
        "adaptive_avg_pool": replace(ADAPTIVE_POOL, adaptive_dimensions=dimensions_of_a_mean),
        "global_max_pool": GLOBAL_POOL,
        "global_avg_pool": GLOBAL_POOL,
    },
)
