"""JAX's rules, as recorded by running `jax.lax` on the CPU; pools follow flax's steps, as read from its source."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from service.core.frameworks.axis_rules import REDUCTIONS, AxisRules, EquationRules, OperatorRules
from service.core.frameworks.crops import TransposedCrop
from service.core.frameworks.framework import Framework
from service.core.frameworks.pad_rules import EVERY_PAD_MODE, PadRules
from service.core.frameworks.shared import ACTIVATIONS, GLOBAL_POOL, LAST_AXIS, LIKE_NUMPY, NO_POOL_EXTRAS, SHAPES
from service.core.frameworks.structure_rules import StructureRules
from service.core.frameworks.window_rules import WindowRules
from service.core.geometry.arithmetic import effective_kernel
from service.core.geometry.padding_pairs import Pair


def crop(
    padding: Pair | str, size: int, kernel: int, stride: int, dilation: int, output_padding: int | None
) -> TransposedCrop:
    """`padding` pads the dilated input, so `e - 1 - padding` is cropped; SAME gives `i*s`.

    Source: `_conv_transpose_padding` in `jax/_src/lax/convolution.py`.
    """
    effective = effective_kernel(kernel, dilation)
    if isinstance(padding, str):
        total = effective + stride - 2
        if padding == "same_lower":
            low = -(-total // 2)
        elif padding == "same":
            low = effective - 1 if stride > effective - 1 else -(-total // 2)
        else:
            total, low = total + max(effective - stride, 0), effective - 1
        padding = (low, total - low)
    return TransposedCrop(effective - 1 - padding[0], effective - 1 - padding[1], output_padding or 0)


def as_pairs(pairs: Sequence[Pair]) -> dict[str, Any]:
    """`padding`: a pair per axis."""
    return {"padding": [list(pair) for pair in pairs]}


WINDOW = WindowRules(
    name="conv_general_dilated",
    uneven=True,
    negative=frozenset({"zeros"}),
    named=frozenset({"same", "same_lower", "valid"}),
    empty_output=True,
    named_with_input_dilation=False,
)
POOL = replace(
    WINDOW,
    name="reduce_window",
    named_with_input_dilation=True,
    names_leave_input_dilation_out=True,
    count_include_pad=True,
    leading_axes=(1, 8),
    most_leading_axes_with_pairs=2,
    lacks=NO_POOL_EXTRAS,
)
POOL_WORDS = {"kernel_size": "window_shape", "dilation": "window_dilation", "input_dilation": "base_dilation"}

FRAMEWORK = Framework(
    name="jax",
    title="JAX",
    version="0.10.2",
    place=4,
    spell_padding=as_pairs,
    writes_lists=True,
    spelled={
        "": {"stride": "strides", "dim": "axis"},
        "conv": {
            "stride": "window_strides",
            "dilation": "rhs_dilation",
            "input_dilation": "lhs_dilation",
            "groups": "feature_group_count",
        },
        "conv_transpose": {"dilation": "rhs_dilation"},
        "embedding": {"embedding_dim": "features"},
        "norm": {"norm_type": "ord"},
        "roll": {"shifts": "shift", "dims": "axis"},
        "flip": {"dims": "axis"},
        "max_pool": POOL_WORDS,
        "avg_pool": POOL_WORDS,
        "min_pool": POOL_WORDS,
        "sum_pool": POOL_WORDS,
    },
    compared=ACTIVATIONS
    | SHAPES
    | LIKE_NUMPY
    | {"positive", "lgamma", "digamma", "logit", "xlogy", "copysign", "sparse_plus", "squareplus", "sparse_sigmoid"}
    | {"dot", "embedding", "median"},
    fixed=frozenset({"relu", "hardtanh"}),
    values={"gelu": {"approximate": "tanh"}, "softmax": LAST_AXIS, "log_softmax": LAST_AXIS},
    interpolates={
        "nearest": "nearest",
        **dict.fromkeys(("linear", "bilinear", "trilinear"), "half pixels"),
        "bicubic": "cubic, -0.5, what is outside left out",
    },
    transposed_weight="OIS",
    transposed_flips=True,
    along_axes=AxisRules(no_axes_are_none=REDUCTIONS, lacks=frozenset({"exclusive", "from_the_end", "largest"})),
    operators=OperatorRules(equations=EquationRules(stretches=True, sums_ellipsis=True), norms_of_vectors=False),
    rules={
        "conv": WINDOW,
        "conv_transpose": replace(
            WINDOW,
            name="conv_transpose",
            unit_stride_names=frozenset({"same_lower"}),
            groups=False,
            crop=crop,
            lacks=frozenset({"output_padding", "output_size", "input_dilation"}),
        ),
        "max_pool": POOL,
        "avg_pool": POOL,
        "min_pool": POOL,
        "sum_pool": POOL,
        "global_max_pool": replace(GLOBAL_POOL, leading_axes=(0, 8)),
        "global_avg_pool": replace(GLOBAL_POOL, leading_axes=(0, 8)),
    },
    structure=StructureRules(
        repeats_scalars=True,
        sorted_cuts=True,
        clamps_indices=True,
        integers_join_tensors=True,
        shifts_broadcast=True,
        grid_of_scalars=False,
        empty_range=True,
    ),
    pads=PadRules(
        modes=EVERY_PAD_MODE | {"symmetric"},
        negative=frozenset({"constant"}),
        limited=frozenset(),
        empty_output=True,
    ),
)
