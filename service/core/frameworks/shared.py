"""Rules that several frameworks' rows begin with."""

from service.core.frameworks.window_rules import WindowRules

ADAPTIVE_POOL = WindowRules(name="adaptive pooling")
GLOBAL_POOL = WindowRules(name="global pooling")
NO_POOL_EXTRAS = frozenset({"ceil_mode", "divisor_override"})
"""Parameters of PyTorch's pools that others lack."""
ACTIVATIONS = frozenset({
    "relu", "relu6", "sigmoid", "tanh", "silu", "mish", "hardswish", "hardsigmoid", "selu", "softsign", "softplus",
    "log_sigmoid", "leaky_relu", "elu", "celu", "gelu", "hardtanh", "softmax", "log_softmax", "identity",
})  # fmt: skip
"""Functions of each element, or along an axis, that most frameworks have."""
SHAPES = frozenset({"flatten", "reshape", "permute", "linear", "pad", "crop", "upsample"})
"""Layers that every framework has in some form."""
LAST_AXIS = {"dim": -1}
"""Where a softmax works unless it is told."""
