"""PyTorch's rules, as recorded by running it on the CPU; sources are cited where they are not obvious."""

from dataclasses import replace
from typing import Any

from service.core.frameworks.framework import Framework
from service.core.frameworks.pad_rules import PadRules
from service.core.frameworks.shared import ACTIVATIONS, ADAPTIVE_POOL, GLOBAL_POOL, SHAPES
from service.core.frameworks.window_rules import EVERY_MODE, WindowRules


def dimensions_of_a_mean(rank: int, output_size: Any) -> tuple[int, ...] | None:
    """An adaptive average to size 1 is a mean over the last axes, whatever stands before them."""
    sizes = output_size if isinstance(output_size, list) else [output_size]
    return tuple(range(rank + isinstance(output_size, list), 9)) if set(sizes) == {1} else None


CONVOLUTION = WindowRules(
    name="Conv",
    named=frozenset({"same", "valid"}),
    unit_stride_names=frozenset({"same"}),
    padding_modes=EVERY_MODE,
    negative=EVERY_MODE - {"zeros"},  # these modes pad in a layer of their own, which crops below 0
    lacks=frozenset({"input_dilation"}),
)
MAX_POOL = WindowRules(name="MaxPool", padding_limit="half kernel", default_stride="kernel")
AVERAGE_POOL = WindowRules(
    name="AvgPool",
    padding_limit="half kernel",
    default_stride="kernel",
    count_include_pad=True,
    lacks=frozenset({"dilation"}),
)
LP_POOL = WindowRules(name="LPPool", default_stride="kernel", lacks=frozenset({"padding", "dilation"}))

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
    | {"pixel_shuffle", "pixel_unshuffle", "batch_norm", "instance_norm", "group_norm", "layer_norm", "prelu"}
    | {"dropout", "softmin", "tanhshrink"},
    interpolates={
        "nearest": "nearest",
        **dict.fromkeys(("linear", "bilinear", "trilinear"), "half pixels"),
        "bicubic": "cubic, -0.75",
    },
    global_pools=False,
    shuffles_by_channel=True,
    unshuffles_by_channel=True,
    pads=PadRules(
        least_kept={"constant": 0, "circular": 0},
        copies_within_output=True,
        leading_axes=dict.fromkeys(("reflect", "replicate", "circular"), (1, 2)),
    ),
    rules={
        "conv": CONVOLUTION,
        "conv_transpose": WindowRules(
            name="ConvTranspose",
            output_padding_below="stride or dilation",
            whole_output_size=True,
            lacks=frozenset({"input_dilation"}),
        ),
        "max_pool": MAX_POOL,
        "avg_pool": AVERAGE_POOL,
        "avg_pool1d": replace(AVERAGE_POOL, lacks=frozenset({"dilation", "divisor_override"})),
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
