"""JAX's names: the layers of Flax (`nnx` and `linen`), and the functions of `jax.nn`, `jax.lax` and `jax.numpy`."""

from collections.abc import Mapping

from service.core.layers.names import conversions as to
from service.core.layers.names.layer_name import LayerName, Vocabulary, Word, Words, called, ignored, listed

LAYER_PREFIXES = ("", "nnx.", "flax.nnx.", "linen.", "flax.linen.", "nn.")
FUNCTION_PREFIXES = ("nnx.", "flax.nnx.", "linen.", "flax.linen.", "nn.", "jax.nn.")
LAX_PREFIXES = ("lax.", "jax.lax.")
NUMPY_PREFIXES = ("jnp.", "jax.numpy.")

OPTIONS: Words = ignored(
    *("dtype", "param_dtype", "precision", "rngs", "promote_dtype", "preferred_element_type", "kernel_metadata"),
    *("bias_metadata", "scale_metadata", "parent"),
)
"""Arguments of Flax's layers that change no shape."""
WEIGHTED: Words = {
    **ignored("kernel_init", "bias_init", "conv_general_dilated", "conv_general_dilated_cls", "dot_general"),
    **ignored("dot_general_cls", "mask"),
    "use_bias": "bias",
}
CONVOLVED: Words = {
    **WEIGHTED,
    "in_features": "in_channels",
    "out_features": "out_channels",
    "features": "out_channels",
    "kernel_size": Word("kernel_size", to.as_list),
    "kernel_dilation": "dilation",
    "padding": Word("padding", to.lowered),
}
CHANNELS_LAST = {"data_format": "channels_last"}
UNFILLED = {"align": "none"}
"""What `lax` has of operators between inputs: it fills up no axes."""
NORM: Words = {
    **ignored("bias_init", "scale_init", "axis_name", "axis_index_groups", "use_fast_variance"),
    **ignored("force_float32_reductions", "use_running_average"),
    "num_features": None,
}
BATCH_NORM: Words = {**NORM, "num_features": "num_features", "use_bias": "center", "use_scale": "scale",
                     "axis": Word("axis", to.single_axis)}  # fmt: skip

ACTIVATIONS: Mapping[str, str] = {
    "relu": "relu",
    "relu6": "relu6",
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "silu": "silu",
    "swish": "silu",
    "mish": "mish",
    "hard_silu": "hardswish",
    "hard_swish": "hardswish",
    "hard_sigmoid": "hardsigmoid",
    "selu": "selu",
    "soft_sign": "softsign",
    "softplus": "softplus",
    "log_sigmoid": "log_sigmoid",
    "leaky_relu": "leaky_relu",
    "elu": "elu",
    "celu": "celu",
    "hard_tanh": "hardtanh",
}

LAYERS: tuple[LayerName, ...] = (
    called("Conv", kind="conv", words=CONVOLVED, defaults={**CHANNELS_LAST, "padding": "same"}),
    called("ConvTranspose", kind="conv_transpose", words={**CONVOLVED, "transpose_kernel": Word(None, to.flag)},
           defaults={**CHANNELS_LAST, "padding": "same"}),
    called("Linear", kind="linear", words=WEIGHTED),
    called("Dense", kind="linear", words={**WEIGHTED, "features": "out_features"}),
    called("BatchNorm", kind="batch_norm", words=BATCH_NORM, defaults={"axis": -1, "momentum": 0.99}),
    called("LayerNorm", kind="layer_norm", defaults={"eps": 1e-6},
           words={**NORM, "num_features": "normalized_shape", "use_bias": "bias", "use_scale": "scale",
                  "reduction_axes": "axis", "feature_axes": None}),
    called("GroupNorm", kind="group_norm", defaults={"num_groups": 32, "eps": 1e-6, **CHANNELS_LAST},
           words={**NORM, "num_features": "num_channels", "use_bias": "center", "use_scale": "scale"}),
    called("InstanceNorm", kind="instance_norm", defaults={"eps": 1e-6, "affine": True, **CHANNELS_LAST},
           words={**NORM, "num_features": "num_features", "use_bias": "center", "use_scale": "scale"}),
    called("Dropout", kind="dropout", needs=("p",),
           words={"broadcast_dims": None, "deterministic": Word(None, to.flag), "rng_collection": Word(None, to.text)}),
    called("PReLU", kind="prelu", words={"negative_slope_init": "init"}),
)  # fmt: skip

FUNCTIONS: tuple[LayerName, ...] = (
    *(called(name, kind=kind) for name, kind in ACTIVATIONS.items()),
    called("gelu", kind="gelu", words={"approximate": Word("approximate", to.as_approximation)}),
    called("softmax", kind="softmax", words={"axis": Word("dim", to.single_axis)}, defaults={"dim": -1}),
    called("log_softmax", kind="log_softmax", words={"axis": Word("dim", to.single_axis)}, defaults={"dim": -1}),
)  # fmt: skip

LAX_CONVOLVED: Words = {"padding": Word("padding", to.lowered)}
IN_LETTERS: Words = {
    "dimension_numbers": Word("data_format", to.layout_in_letters, counts_axes=lambda orders: len(orders[0]))
}
"""The order of axes, which `lax` has in letters."""
LAX: tuple[LayerName, ...] = (
    called("conv_general_dilated", kind="conv",
           words={**LAX_CONVOLVED, **IN_LETTERS, "batch_group_count": Word(None, to.one_of(1))}),
    called("conv_with_general_padding", "conv", kind="conv", words=LAX_CONVOLVED),
    called("conv_transpose", kind="conv_transpose", defaults=CHANNELS_LAST,
           words={**LAX_CONVOLVED, **IN_LETTERS, "transpose_kernel": Word(None, to.flag)}),
    called("concatenate", kind="concat", words={"dimension": Word("dim", to.axis_from_front)}, needs=("dim",)),
    called("reshape", kind="reshape", words={"new_sizes": Word("shape", to.sizes_written_out), "dimensions": None}),
    called("transpose", kind="permute", words={"permutation": Word("dims", to.counted_from_front)}),
    called("add", kind="add", settled=UNFILLED),
    called("mul", kind="multiply", settled=UNFILLED, words={"out_dtype": None}),
    called("tanh", kind="tanh"),
    called("logistic", kind="sigmoid"),
)  # fmt: skip

NUMPY: tuple[LayerName, ...] = (
    called("concatenate", "concat", kind="concat", words={"axis": "dim"}, defaults={"dim": 0}),
    called("reshape", kind="reshape", words={"newshape": "shape"}),
    called("transpose", kind="permute", words={"axes": "dims"}),
    called("permute_dims", kind="permute", words={"axes": Word("dims", to.counted_from_front)}, needs=("dims",)),
    called("add", kind="add"),
    called("multiply", kind="multiply"),
    called("tanh", kind="tanh"),
)


OTHERS = listed(
    "Bidirectional ConvLocal DenseGeneral Einsum GRUCell LSTMCell LinearGeneral LoRA LoRALinear MultiHeadAttention"
    " MultiHeadDotProductAttention OptimizedLSTMCell RMSNorm RNN RNNCellBase Scan Sequential SimpleCell SpectralNorm"
    " WeightNorm"
)
"""Layers of Flax that are none of ours."""

VOCABULARIES = (
    Vocabulary(framework="jax", prefixes=LAYER_PREFIXES, names=LAYERS, everywhere=OPTIONS, others=OTHERS),
    Vocabulary(framework="jax", prefixes=FUNCTION_PREFIXES, names=FUNCTIONS, everywhere=OPTIONS),
    Vocabulary(framework="jax", prefixes=LAX_PREFIXES, names=LAX, everywhere=OPTIONS),
    Vocabulary(framework="jax", prefixes=NUMPY_PREFIXES, names=NUMPY),
)
