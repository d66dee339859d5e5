"""PyTorch source: a module with its layers, and their calls in `forward`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from service.core.frameworks import FRAMEWORKS
from service.core.geometry.padding_pairs import shortest_spelling
from service.core.layers import LAYERS
from service.core.questions.equivalents.windows import lacks_layer
from service.models.writers.code import INDENT, Code, Names, call, literal, per_axis
from service.models.writers.program import Call, Program
from service.models.writers.target import Target
from service.models.writers.variables import CHAIN, used_once, variables

NAME = "Net"
OF_MODULES = (
    "T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval"
    " extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict modules"
    " mtia named_buffers named_children named_modules named_parameters parameters register_backward_hook"
    " register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook"
    " register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook"
    " register_module register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_"
    " set_extra_state set_submodule share_memory state_dict to to_empty train training type xpu zero_grad"
).split()
"""Attributes that every module has."""
LOCAL = ("self", "torch", "nn", "F", NAME)


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

Function = Callable[[Call, Sequence[str]], Code]


def _operator(sign: str) -> Function:
    """An operator between branches, or a branch and a number."""

    def write(made: Call, names: Sequence[str]) -> Code:
        other = made.step.get("other")
        operands = [*names, *([] if other is None else [literal(other)])]
        return Code(f" {sign} ".join(operands[::-1] if made.step.get("reversed") else operands))

    return write


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


def _slice(made: Call, names: Sequence[str]) -> Code:
    """Python's slices."""
    step, parts = made.step, [":"] * made.axes
    for place, axis in enumerate(step["dims"]):
        start, end, by = step["starts"][place], step["ends"][place], (step.get("steps") or [1] * 9)[place]
        size = made.inputs[0].written_shape[axis]
        stop = "" if size is not None and end >= size else str(end)
        parts[axis] = f"{start or ''}:{stop}" + (f":{by}" if by != 1 else "")
    while parts and parts[-1] == ":":
        parts.pop()
    return Code(f"{names[0]}[{', '.join(parts)}]" if parts else names[0])


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
    "slice": _slice,
    "split": _split,
    "clamp": _function("torch.clamp"),
    "matmul": _of_pairs("torch.matmul"),
    "bmm": _of_pairs("torch.bmm"),
    "einsum": lambda made, names: call("torch.einsum", literal(made.step["equation"]), *names),
    "add": _operator("+"),
    "subtract": _operator("-"),
    "multiply": _operator("*"),
    "divide": _operator("/"),
    "power": _operator("**"),
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


def _family(made: Call) -> str:
    return LAYERS[made.step["type"]].family


def _refuses(made: Call) -> str | None:
    """A layer that is no module, function or tensor here."""
    family = _family(made)
    known = family in MODULES or family in FUNCTIONS or family in TENSORS
    if not known or (family == "batch_norm" and made.axes not in (2, 3, 4, 5)):
        return lacks_layer(TARGET.framework, made.step["type"])
    return None


def _reads_as(made: Call) -> int:
    """An operator between several branches is as many layers, less one; an average also divides."""
    family = _family(made)
    if family == "average":
        return len(made.inputs)
    return max(len(made.inputs) - 1, 1) if family in OF_BRANCHES else 1


# --- the source -------------------------------------------------------------------------------------------------------


def _write(program: Program) -> str:
    """The module as source."""
    attributes, held = _attributes(program), Names([*LOCAL])
    alone = len(program.inputs) == 1 and all(used_once(program, tensor) for tensor in program.inputs.values())
    arguments = {name: CHAIN if alone else held.new("inputs" if name == "input" else name) for name in program.inputs}
    names = variables(program, arguments, LOCAL)
    made, forward = [], []
    for each in program.calls:
        family, taken = _family(each), [names[tensor] for tensor in each.inputs]
        results = ", ".join(names[tensor] for tensor in each.outputs) + (
            "," * (each.step["type"] == "split" and len(each.outputs) == 1)
        )
        if each in attributes:
            attribute = f"self.{attributes[each]}"
            if each.owner is None:
                made += _made(each, family, attributes[each])
            code = Code(attribute) if family in TENSORS else call(attribute, *taken)
        else:
            code = FUNCTIONS[family](each, taken)
        forward += code.lines(f"{results} = ", 2)
    return _module_text(made, [*arguments.values()], forward, [names[tensor] for tensor in program.outputs])


def _made(each: Call, family: str, name: str) -> list[str]:
    """The lines that make what a call uses."""
    if family in TENSORS:
        return [f"{INDENT * 2}{TENSORS[family](name, literal(tuple(each.step['shape'])))}"]
    return MODULES[family](each).lines(f"self.{name} = ", 2)


def _attributes(program: Program) -> dict[Call, str]:
    """The attribute of each call that needs one; calls that share weights share it."""
    names, attributes = Names(OF_MODULES), dict[Call, str]()
    held = [each for each in program.calls if _family(each) in MODULES or _family(each) in TENSORS]
    main = {each.layer: each for each in reversed(held)}
    for each in held:
        if each.owner is not None:
            attributes[each] = attributes[each.owner]
        else:
            own = main[each.layer] is each
            attributes[each] = names.new(each.layer if own else f"{each.layer}_{_family(each)}")
    return attributes


def _module_text(made: Sequence[str], arguments: Sequence[str], forward: Sequence[str], outputs: Sequence[str]) -> str:
    text = "\n".join([*made, *forward])
    imports = [
        *(["import torch"] if "torch." in text.replace("self.torch.", "") else []),
        *(["import torch.nn.functional as F"] if "F." in text else []),
        "from torch import nn",
    ]
    init = [f"{INDENT}def __init__(self):", f"{INDENT * 2}super().__init__()", *made, ""] if made else []
    return "\n".join([
        *imports, "", "", f"class {NAME}(nn.Module):", *init,
        *Code(f"{INDENT}def forward", ["self", *arguments], ":").lines("", 0),
        *forward, f"{INDENT * 2}return {', '.join(outputs)}", "",
    ])  # fmt: skip


TARGET = Target(framework=FRAMEWORKS["pytorch"], format="pytorch", entry=NAME, write=_write, refuses=_refuses, reads_as=_reads_as)
