"""PyTorch's modules, functions and methods, by layer family, as the source of a module has them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from service.core.geometry.padding_pairs import shortest_spelling
from service.core.layers import LAYERS
from service.models.writers.code import Code, call, literal, per_axis
from service.models.writers.expressions import Function, operator, sliced
from service.models.writers.program import Call

# --- modules ----------------------------------------------------------------------------------------------------------


def _module(name: str, *positional: str, **renamed: str) -> Callable[[Call], Code]:
    """A module by its name, `{}` for the rank: parameters without a name, and those that have another one here."""

    def make(made: Call) -> Code:
        step = dict(made.step)
        arguments = [literal(per_axis(step.get(parameter))) for parameter in positional]
        rest = {renamed.get(key, key): value for key, value in step.items() if key not in (*positional, "type")}
        return call(f"nn.{name.format(_rank(made))}", *arguments, **_said(rest))

    return make


def _rank(made: Call) -> int:
    """The rank that the type says, else that of the input."""
    return LAYERS[made.step["type"]].rank or made.rank


DEFAULTS: Mapping[str, Any] = {
    "stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True, "output_padding": 0, "ceil_mode": False,
    "padding_mode": "zeros", "affine": None, "eps": 1e-5, "momentum": 0.1,
}  # fmt: skip
"""Arguments that need not be written."""


def _said(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as PyTorch's arguments, those at their default left out."""
    said = {name: _argument(name, value) for name, value in parameters.items() if value is not None}
    return {name: value for name, value in said.items() if name not in DEFAULTS or value != DEFAULTS[name]}


def _argument(name: str, value: Any) -> Any:
    """A parameter in PyTorch's form."""
    if name == "padding" and not isinstance(value, str):
        return per_axis(shortest_spelling(value))
    return per_axis(value)


def _pool(name: str) -> Callable[[Call], Code]:
    """A pool, whose stride is its kernel unless it is said."""

    def make(made: Call) -> Code:
        step = dict(made.step)
        kernel, stride = per_axis(step.pop("kernel_size")), per_axis(step.pop("stride"))
        power = [literal(step.pop("norm_type"))] if "norm_type" in step else []
        step.pop("type")
        strided = None if stride == kernel else stride
        own = {"stride": strided} if strided is not None else {}
        return call(f"nn.{name.format(_rank(made))}", *power, literal(kernel), **own, **_said(step))

    return make


def _layer_norm(name: str) -> Callable[[Call], Code]:
    """A normalisation of the last axes."""

    def make(made: Call) -> Code:
        step = {key: value for key, value in made.step.items() if key not in ("type", "axis")}
        sizes = step.pop("normalized_shape")
        said = {key: value for key, value in step.items() if value is not None}
        eps = said.pop("eps")
        shown = {} if name == "LayerNorm" and eps == DEFAULTS["eps"] else {"eps": eps}
        return call(f"nn.{name}", literal(sizes[0] if len(sizes) == 1 else sizes), **shown, **said)

    return make


def _upsample(made: Call) -> Code:
    """Upsampling by a factor or to a size."""
    step = {key: per_axis(value) for key, value in made.step.items() if key != "type" and value is not None}
    if step.get("align_corners") is False or step.get("mode") in (None, "nearest"):
        step.pop("align_corners", None)
    return call("nn.Upsample", **step)


MODULES: Mapping[str, Callable[[Call], Code]] = {
    "conv": _module("Conv{}d", "in_channels", "out_channels"),
    "conv_transpose": _module("ConvTranspose{}d", "in_channels", "out_channels"),
    "linear": _module("Linear", "in_features", "out_features"),
    "embedding": _module("Embedding", "num_embeddings", "embedding_dim"),
    "batch_norm": _module("BatchNorm{}d", "num_features"),
    "instance_norm": _module("InstanceNorm{}d", "num_features"),
    "group_norm": _module("GroupNorm", "num_groups", "num_channels"),
    "layer_norm": _layer_norm("LayerNorm"),
    "rms_norm": _layer_norm("RMSNorm"),
    "prelu": _module("PReLU", "num_parameters"),
    "dropout": _module("Dropout", "p"),
    "max_pool": _pool("MaxPool{}d"),
    "avg_pool": _pool("AvgPool{}d"),
    "lp_pool": _pool("LPPool{}d"),
    "adaptive_max_pool": _module("AdaptiveMaxPool{}d", "output_size"),
    "adaptive_avg_pool": _module("AdaptiveAvgPool{}d", "output_size"),
    "upsample": _upsample,
    "pixel_shuffle": _module("PixelShuffle", "scale_factor"),
    "pixel_unshuffle": _module("PixelUnshuffle", "scale_factor"),
    "channel_shuffle": _module("ChannelShuffle", "groups"),
    **{
        kind: _module(name)
        for kind, name in {
            "relu": "ReLU", "relu6": "ReLU6", "sigmoid": "Sigmoid", "tanh": "Tanh", "silu": "SiLU", "mish": "Mish",
            "hardswish": "Hardswish", "hardsigmoid": "Hardsigmoid", "selu": "SELU", "softsign": "Softsign",
            "softplus": "Softplus", "log_sigmoid": "LogSigmoid", "tanhshrink": "Tanhshrink", "elu": "ELU",
            "celu": "CELU", "gelu": "GELU", "hardtanh": "Hardtanh", "hardshrink": "Hardshrink",
            "softshrink": "Softshrink", "softmax": "Softmax", "log_softmax": "LogSoftmax", "softmin": "Softmin",
            "softmax2d": "Softmax2d", "rrelu": "RReLU", "leaky_relu": "LeakyReLU",
        }.items()
    },
    "threshold": _module("Threshold", "threshold", "replacement"),
}  # fmt: skip
"""By layer family the module."""


# --- functions --------------------------------------------------------------------------------------------------------


def _average(made: Call, names: Sequence[str]) -> Code:
    """The sum of the branches by their number."""
    return Code(f"({' + '.join(names)}) / {len(names)}")


def _of_pairs(name: str) -> Function:
    """A function of two branches, of more one after another."""

    def write(made: Call, names: Sequence[str]) -> Code:
        text = names[0]
        for other in names[1:]:
            text = f"{name}({text}, {other})"
        return Code(text)

    return write


def _function(name: str, **renamed: str) -> Function:
    """A function with the step's parameters by their names."""

    def write(made: Call, names: Sequence[str]) -> Code:
        said = {
            renamed.get(key, key): value
            for key, value in made.step.items()
            if key not in ("type", "reversed", "align") and value is not None
        }
        return call(name, *names, **said)

    return write


def _unary(name: str) -> Function:
    return lambda made, names: call(name, *names)


def _pad(made: Call, names: Sequence[str]) -> Code:
    """Two amounts an axis, the last axis first."""
    pairs = made.step["padding"]
    flat = [amount for pair in reversed(pairs) for amount in pair]
    mode, value = made.step.get("mode"), made.step.get("value")
    said = {"mode": None if mode == "constant" else mode, "value": value or None}
    return call("F.pad", *names, literal(flat), **said)


def _joined(name: str) -> Function:
    """Branches in a tuple, along an axis."""
    return lambda made, names: call(name, f"({', '.join(names)}{',' * (len(names) == 1)})", dim=made.step["dim"])


def _reduction(name: str) -> Function:
    """A reduction of named axes."""

    def write(made: Call, names: Sequence[str]) -> Code:
        step = {key: value for key, value in made.step.items() if key != "type"}
        dim, keeps = step.pop("dim", None), step.pop("keepdims", None)
        if isinstance(dim, tuple) and len(dim) == 1:
            dim = dim[0]
        return call(f"torch.{name}", *names, dim=dim, keepdim=True if keeps else None, **step)

    return write


def _split(made: Call, names: Sequence[str]) -> Code:
    sizes = made.step["sizes"]
    return call("torch.split", *names, f"[{', '.join(map(str, sizes))}]", dim=made.step["dim"])


def _dims(name: str, parameter: str = "dim") -> Function:
    """A function that takes axes, one alone as an integer."""

    def write(made: Call, names: Sequence[str]) -> Code:
        value = made.step[parameter]
        return call(name, *names, literal(value[0] if isinstance(value, tuple) and len(value) == 1 else value))

    return write


FUNCTIONS: Mapping[str, Function] = {
    "pad": _pad,
    "flatten": lambda made, names: call(
        "torch.flatten", *names, literal(made.step.get("start_dim", 1)),
        **({} if made.step.get("end_dim", -1) in (-1, made.axes - 1) else {"end_dim": made.step["end_dim"]}),
    ),
    "reshape": _dims("torch.reshape", "shape"),
    "permute": _dims("torch.permute", "dims"),
    "expand": lambda made, names: Code(f"{names[0]}.expand{literal(made.step['shape'])}"),
    "tile": lambda made, names: call("torch.tile", *names, literal(made.step["repeats"])),
    "transpose": lambda made, names: call(
        "torch.transpose", *names, literal(made.step["dim0"]), literal(made.step["dim1"])
    ),
    "squeeze": _dims("torch.squeeze"),
    "unsqueeze": _dims("torch.unsqueeze"),
    "flip": lambda made, names: call("torch.flip", *names, literal(made.step["dims"])),
    "concat": _joined("torch.cat"),
    "stack": _joined("torch.stack"),
    "slice": sliced,
    "split": _split,
    "clamp": _function("torch.clamp"),
    "matmul": _of_pairs("torch.matmul"),
    "bmm": _of_pairs("torch.bmm"),
    "einsum": lambda made, names: call("torch.einsum", literal(made.step["equation"]), *names),
    "add": operator("+"),
    "subtract": operator("-"),
    "multiply": operator("*"),
    "divide": operator("/"),
    "power": operator("**"),
    "average": _average,
    "maximum": _of_pairs("torch.maximum"),
    "minimum": _of_pairs("torch.minimum"),
    "normalize": lambda made, names: call(
        "F.normalize", *names, p=made.step["norm_type"], dim=made.step["dim"], eps=made.step["eps"]
    ),
    **{kind: _reduction(kind) for kind in ("mean", "sum", "amax", "amin", "logsumexp", "prod", "std", "var")},
    **{
        kind: _unary(f"torch.{name}")
        for kind, name in {
            "negative": "neg", "erfinv": "erfinv",
            **{same: same for same in (
                "abs", "sign", "square", "sqrt", "rsqrt", "reciprocal", "exp", "exp2", "expm1", "log", "log2", "log10",
                "log1p", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh", "erf",
                "erfc", "floor", "ceil", "trunc", "isnan", "isinf", "isfinite",
            )},
        }.items()
    },
}  # fmt: skip
"""By layer family how it is called in `forward`."""
OF_BRANCHES = frozenset({"add", "multiply", "maximum", "minimum"})
"""Operators that are written one after another for several branches."""
TENSORS: Mapping[str, Callable[[str, str], str]] = {
    "parameter": lambda name, shape: f"self.{name} = nn.Parameter(torch.zeros({shape}))",
    "buffer": lambda name, shape: f'self.register_buffer("{name}", torch.zeros({shape}))',
}
"""Tensors that the module holds."""
