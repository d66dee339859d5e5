"""The rules of Keras with TensorFlow, as recorded by running them on the CPU."""

from dataclasses import replace

from service.core.frameworks.axis_rules import REDUCTIONS, AxisRules, EquationRules, OperatorRules
from service.core.frameworks.crops import TransposedCrop
from service.core.frameworks.framework import Framework
from service.core.frameworks.pad_rules import PadRules
from service.core.frameworks.recurrent_rules import RecurrentRules, as_asked_for, two_biases_if_reset_after
from service.core.frameworks.shared import (
    ACTIVATIONS,
    ADAPTIVE_POOL,
    GLOBAL_POOL,
    LAST_AXIS,
    LIKE_NUMPY,
    NO_POOL_EXTRAS,
    SHAPES,
)
from service.core.frameworks.structure_rules import StructureRules
from service.core.frameworks.window_rules import WindowRules
from service.core.geometry.arithmetic import effective_kernel, split, transposed_output
from service.core.geometry.padding_pairs import Pair, only_pair
from service.core.geometry.shapes import CHANNELS_LAST


def crop(
    padding: Pair | str, size: int, kernel: int, stride: int, dilation: int, output_padding: int | None
) -> TransposedCrop:
    """Padding "valid" gives at least a stride per position, "same" `i*s`, or `(i - 1)*s + e % 2 + op` if op is given.

    Source: `keras/src/backend/common/backend_utils.py`.
    """
    effective = effective_kernel(kernel, dilation)
    full = transposed_output(size, effective, stride, 0)
    if padding != "same":
        return TransposedCrop(0, 0, max(stride - effective, 0) if output_padding is None else output_padding)
    target = size * stride if output_padding is None else (size - 1) * stride + effective % 2 + output_padding
    before, after = split(max(full - target, 0))
    return TransposedCrop(before, after, max(target - full, 0))


def takes_output_padding_with_name(padding: str, effective: int, output_padding: int) -> bool:
    """Padding "same" with an even effective kernel needs `output_padding` above 0 if it is given at all."""
    return padding != "same" or effective % 2 == 1 or output_padding != 0


CONVOLUTION = WindowRules(
    name="Conv",
    numbers=False,
    named=frozenset({"same", "valid"}),
    stride_with_dilation=False,
    lacks=frozenset({"input_dilation"}),
)
POOL = WindowRules(
    name="Pooling",
    numbers=False,
    named=frozenset({"same", "valid"}),
    default_stride="kernel",
    lacks=NO_POOL_EXTRAS | {"dilation", "input_dilation", "count_include_pad"},
)
DEPTHWISE = replace(CONVOLUTION, name="DepthwiseConv", stride_with_dilation=True)
POOL_WORDS = {"kernel_size": "pool_size"}
EPSILON = {"eps": 1e-3}

FRAMEWORK = Framework(
    name="keras",
    title="Keras with TensorFlow",
    version="3.15.1 with TensorFlow 2.21.0",
    place=2,
    layout=CHANNELS_LAST,
    weight="SIO",
    transposed_weight="SOI",
    rules={
        "conv": CONVOLUTION,
        "conv1d": replace(CONVOLUTION, named=frozenset({"same", "valid", "causal"})),
        "conv_transpose": WindowRules(
            name="ConvTranspose",
            numbers=False,
            named=frozenset({"same", "valid"}),
            groups=False,
            stride_with_dilation=False,
            crop=crop,
            takes_output_padding_with_name=takes_output_padding_with_name,
            lacks=frozenset({"input_dilation", "output_size"}),
        ),
        "depthwise_conv": DEPTHWISE,
        "separable_conv": replace(DEPTHWISE, name="SeparableConv"),
        "max_pool": POOL,
        "avg_pool": POOL,
        "adaptive_max_pool": replace(ADAPTIVE_POOL, nulls=False, single_positions=False),
        "adaptive_avg_pool": replace(ADAPTIVE_POOL, nulls=False),
        "global_max_pool": replace(GLOBAL_POOL, keepdims=False),
        "global_avg_pool": replace(GLOBAL_POOL, keepdims=False),
    },
    spelled={
        "": {
            "stride": "strides",
            "dilation": "dilation_rate",
            "out_channels": "filters",
            "bias": "use_bias",
            "out_features": "units",
            "eps": "epsilon",
            "dim": "axis",
            **dict.fromkeys(
                ("in_channels", "in_features", "num_features", "num_channels", "num_parameters", "normalized_shape")
            ),
        },
        "max_pool": POOL_WORDS,
        "avg_pool": POOL_WORDS,
        "dropout": {"p": "rate"},
        "embedding": {"num_embeddings": "input_dim", "embedding_dim": "output_dim"},
        "norm": {"norm_type": "ord"},
        "roll": {"shifts": "shift", "dims": "axis"},
        "flip": {"dims": "axis"},
        "crop": {"padding": "cropping"},
        "reshape": {"shape": "target_shape"},
        "upsample": {"scale_factor": "size", "mode": "interpolation"},
    },
    compared=ACTIVATIONS
    | SHAPES
    | LIKE_NUMPY
    | {"batch_norm", "group_norm", "layer_norm", "rms_norm", "dropout", "tanhshrink", "hardshrink", "softshrink"}
    | {"threshold", "prelu", "sparse_plus", "squareplus", "sparse_sigmoid", "sparsemax", "average", "median"}
    | {"dot", "embedding", "normalize"},
    fixed=frozenset({"hardtanh", "std", "var"}),
    values={
        "batch_norm": EPSILON,
        "group_norm": EPSILON,
        "layer_norm": EPSILON,
        "rms_norm": {"eps": 1e-6},
        "leaky_relu": {"negative_slope": 0.3},
        "softmax": LAST_AXIS,
        "log_softmax": LAST_AXIS,
    },
    interpolates={"nearest": "nearest", "bilinear": "half pixels", "bicubic": "cubic, -0.5"},
    tells_shift_from_scale=True,
    momentum_of_history=True,
    crops=True,
    words={"upsample": {"size": "scale_factor"}},
    defaults={"max_pool": {"kernel_size": 2}, "prelu": {"shared_axes": []}},
    dense_axes=2,
    slopes_of_elements=True,
    spectral_vectors_of_last_axis=True,
    recurrence=RecurrentRules(
        outputs=as_asked_for,
        biases=two_biases_if_reset_after,
        cell_gives_state_only=False,
        wraps_directions=True,
        batch_first=True,
        states_broadcast=True,
        lacks=frozenset({"num_layers", "proj_size", "batch_first", "bidirectional", "direction"}),
    ),
    interpolations=frozenset({"nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"}),
    batch_stands_apart=True,
    along_axes=AxisRules(
        no_axes_are_none=REDUCTIONS, lacks=frozenset({"exclusive", "from_the_end", "descending", "largest", "dim"})
    ),
    operators=OperatorRules(
        equations=EquationRules(unwritten_order="appearance", most_unwritten_ellipses=1),
        class_axis_from_front=True,
        clamp_needs_both=True,
        norms_of_vectors=False,
    ),
    whole_scales=True,
    flatten_axis=1,
    structure=StructureRules(
        loose_squeeze=True,
        inserts_moved_axes=True,
        rolls_along_axes=True,
        rest_of_a_split=True,
        repeated_new_axes=True,
        sorted_cuts=True,
        tensor_indices=False,
        grid_of_any=True,
        repeats_scalars=True,
        looks_at_planes_turned=False,
        half_turns=False,
    ),
    pads=PadRules(
        flat=only_pair,
        flat_form="before and after of the only axis",
        modes=frozenset({"constant"}),
        values=False,
        negative=frozenset(),
        limited=frozenset(),
        leading_axes={"constant": (2, 2)},
    ),
    array_pads=PadRules(
        modes=frozenset({"constant", "reflect", "symmetric"}),
        negative=frozenset(),
        limited=frozenset({"reflect", "symmetric"}),
    ),
)
