"""Keras source: a function that makes a functional model."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

from service.core.frameworks import FRAMEWORKS
from service.core.geometry.shapes import Shape
from service.core.layers import LAYERS
from service.core.questions.equivalents.windows import lacks_layer
from service.models.writers.code import INDENT, Code, Names, call, identifier, literal, per_axis
from service.models.writers.program import Call, Program
from service.models.writers.target import Target
from service.models.writers.variables import variables

NAME = "build_model"
LOCAL = ("keras", "layers", "ops", "inputs", "outputs", NAME)
NO_DILATION = "TensorFlow runs no transposed convolution with dilation on the CPU"
Make = Callable[[Call], Code]

WORDS: Mapping[str, str] = {
    "stride": "strides", "dilation": "dilation_rate", "bias": "use_bias", "eps": "epsilon", "dim": "axis",
}  # fmt: skip
DEFAULTS: Mapping[str, Any] = {
    "stride": 1, "padding": "valid", "dilation": 1, "groups": 1, "bias": True, "depth_multiplier": 1,
    "center": True, "scale": True, "in_channels": None,
}  # fmt: skip
"""Arguments that need not be written."""


# --- layers -----------------------------------------------------------------------------------------------------------


def _layer(name: str, *positional: str, left_out: Sequence[str] = (), **renamed: str) -> Make:
    """A layer by its class, `{}` for the rank: arguments without a name, and those that have another one here."""
    gone = {*positional, *left_out, "type", "in_channels", "in_features", "num_features", "num_channels"}

    def make(made: Call) -> Code:
        arguments = [literal(per_axis(made.step[parameter])) for parameter in positional]
        rest = {key: per_axis(value) for key, value in made.step.items() if key not in gone and value is not None}
        said = {key: value for key, value in rest.items() if key not in DEFAULTS or value != DEFAULTS[key]}
        words = {renamed.get(key, WORDS.get(key, key)): value for key, value in said.items()}
        return call(f"layers.{name.format(_rank(made))}", *arguments, **words)

    return make


def _rank(made: Call) -> int:
    """The rank that the type says, else that of the input."""
    return LAYERS[made.step["type"]].rank or made.rank


def _convolution(made: Call) -> Code:
    """A convolution; a depthwise one where each channel has kernels of its own."""
    depth = depth_of(made)
    if depth is None:
        return _layer("Conv{}D", "out_channels", "kernel_size")(made)
    step = {key: value for key, value in made.step.items() if key not in ("groups", "out_channels")}
    own = Call({**step, "depth_multiplier": depth}, made.inputs, made.outputs, made.layer)
    return _layer("DepthwiseConv{}D", "kernel_size")(own)


def depth_of(made: Call) -> int | None:
    """The kernels of each channel, where a convolution has as many groups as channels and a depthwise layer will do."""
    step = made.step
    channels, outputs, groups = step.get("in_channels"), step.get("out_channels"), step.get("groups") or 1
    if groups == 1 or channels != groups or not outputs or outputs % groups or _rank(made) > 2:
        return None
    strides, dilations = step.get("stride") or (1,), step.get("dilation") or (1,)
    plain = len(set(strides)) == 1 and (max(strides) == 1 or max(dilations) == 1)
    return outputs // groups if plain and len(set(dilations)) == 1 else None


def _pool(name: str) -> Make:
    """A pool, whose stride is its size unless it is said."""

    def make(made: Call) -> Code:
        size, stride = per_axis(made.step["kernel_size"]), per_axis(made.step["stride"])
        padding = made.step.get("padding", "valid")
        said = {"strides": None if stride == size else stride, "padding": None if padding == "valid" else padding}
        return call(f"layers.{name.format(_rank(made))}", literal(size), **said)

    return make


def _bordered(name: str) -> Make:
    """Pads and crops: one number, a number an axis, or a pair an axis."""

    def make(made: Call) -> Code:
        pairs = made.step["padding"]
        each = [pair[0] if pair[0] == pair[1] else tuple(pair) for pair in pairs]
        alike = len(set(map(str, each))) == 1 and isinstance(each[0], int)
        numbers = all(isinstance(entry, int) for entry in each)
        amounts: Any = each[0] if alike or len(pairs) == 1 else each if numbers else [tuple(pair) for pair in pairs]
        return call(f"layers.{name.format(len(pairs))}", literal(amounts))

    return make


def _relu(made: Call) -> Code:
    step = {key: value for key, value in made.step.items() if key != "type" and value}
    return call("layers.ReLU", **step)


def _global(name: str) -> Make:
    """A pool of all positions, which keeps its axes only if told."""

    def make(made: Call) -> Code:
        return call(f"layers.{name.format(_rank(made))}", keepdims=True if made.step.get("keepdims") else None)

    return make


def _activation(name: str) -> Make:
    return lambda made: call("layers.Activation", literal(name))


def _norm(name: str, **renamed: str) -> Make:
    """A normalisation: its epsilon is always said."""
    gone = {"type", "num_features", "num_channels", "normalized_shape", "affine", "track_running_stats",
            "elementwise_affine", "bias"}  # fmt: skip

    def make(made: Call) -> Code:
        said = {key: value for key, value in made.step.items() if key not in gone and value is not None}
        order = [key for key in ("num_groups", "axis", "momentum", "eps") if key in said]
        rest = [key for key in said if key not in order]
        return call(f"layers.{name}", **{renamed.get(key, WORDS.get(key, key)): said[key] for key in (*order, *rest)})

    return make


def _axis_layer(name: str) -> Make:
    """A layer along an axis, the last one unless it is said."""

    def make(made: Call) -> Code:
        dim = made.step.get("dim")
        last = dim is None or dim in (-1, made.axes - 1)
        return call(f"layers.{name}", axis=None if last else dim)

    return make


def _merge(name: str) -> Make:
    return lambda made: call(f"layers.{name}")


MERGING: Mapping[str, Make] = {
    "add": _merge("Add"), "multiply": _merge("Multiply"), "maximum": _merge("Maximum"), "minimum": _merge("Minimum"),
    "average": _merge("Average"), "subtract": _merge("Subtract"),
    "concat": lambda made: call("layers.Concatenate", axis=_not_last(made)),
}  # fmt: skip
"""Layers that take their branches in a list."""


def _not_last(made: Call) -> int | None:
    return None if made.step["dim"] in (-1, made.axes - 1) else made.step["dim"]


ACTIVATIONS: Mapping[str, str] = {
    "sigmoid": "sigmoid", "tanh": "tanh", "silu": "silu", "mish": "mish", "hardswish": "hard_silu", "selu": "selu",
    "hardsigmoid": "hard_sigmoid", "softsign": "softsign", "softplus": "softplus", "log_sigmoid": "log_sigmoid",
    "tanhshrink": "tanh_shrink", "relu6": "relu6", "hardtanh": "hard_tanh", "sparse_plus": "sparse_plus",
    "squareplus": "squareplus", "sparse_sigmoid": "sparse_sigmoid",
}  # fmt: skip
LAYERS_OF_KERAS: Mapping[str, Make] = {
    "conv": _convolution,
    "conv_transpose": _layer("Conv{}DTranspose", "out_channels", "kernel_size"),
    "depthwise_conv": _layer("DepthwiseConv{}D", "kernel_size"),
    "separable_conv": _layer("SeparableConv{}D", "out_channels", "kernel_size"),
    "max_pool": _pool("MaxPooling{}D"),
    "avg_pool": _pool("AveragePooling{}D"),
    "adaptive_max_pool": _layer("AdaptiveMaxPooling{}D", "output_size"),
    "adaptive_avg_pool": _layer("AdaptiveAveragePooling{}D", "output_size"),
    "global_max_pool": _global("GlobalMaxPooling{}D"),
    "global_avg_pool": _global("GlobalAveragePooling{}D"),
    "linear": _layer("Dense", "out_features"),
    "embedding": _layer("Embedding", "num_embeddings", "embedding_dim"),
    "batch_norm": _norm("BatchNormalization"),
    "group_norm": _norm("GroupNormalization", num_groups="groups"),
    "layer_norm": _norm("LayerNormalization"),
    "rms_norm": _norm("RMSNormalization"),
    "dropout": _layer("Dropout", "p"),
    "prelu": _layer("PReLU"),
    "relu": _relu,
    "leaky_relu": lambda made: call("layers.LeakyReLU", negative_slope=made.step.get("negative_slope")),
    "elu": lambda made: call("layers.ELU", alpha=made.step.get("alpha")),
    "softmax": _axis_layer("Softmax"),
    "pad": _bordered("ZeroPadding{}D"),
    "crop": _bordered("Cropping{}D"),
    "upsample": _layer("UpSampling{}D", "scale_factor", mode="interpolation"),
    "flatten": _merge("Flatten"),
    "reshape": lambda made: call("layers.Reshape", literal(tuple(made.step["shape"]))),
    "permute": lambda made: call("layers.Permute", literal(tuple(made.step["dims"]))),
    **{kind: _activation(name) for kind, name in ACTIVATIONS.items()},
}
"""By layer family the layer."""

# --- functions --------------------------------------------------------------------------------------------------------

Function = Callable[[Call, Sequence[str]], Code]


def _operator(sign: str) -> Function:
    """An operator between branches, or a branch and a number."""

    def write(made: Call, names: Sequence[str]) -> Code:
        other = made.step.get("other")
        operands = [*names, *([] if other is None else [literal(other)])]
        return Code(f" {sign} ".join(operands[::-1] if made.step.get("reversed") else operands))

    return write


def _ops(name: str, *positional: str, **renamed: str) -> Function:
    """A function of `keras.ops`."""

    def write(made: Call, names: Sequence[str]) -> Code:
        arguments = [literal(made.step[parameter]) for parameter in positional]
        said = {
            renamed.get(key, WORDS.get(key, key)): value[0] if isinstance(value, tuple) and len(value) == 1 else value
            for key, value in made.step.items()
            if key not in (*positional, "type", "align", "reversed") and value is not None and value is not False
        }
        return call(f"ops.{name}", *names, *arguments, **said)

    return write


def _listed(name: str) -> Function:
    return lambda made, names: call(f"ops.{name}", f"[{', '.join(names)}]", axis=made.step["dim"])


def _split(made: Call, names: Sequence[str]) -> Code:
    """`ops.split` takes the places between the parts."""
    places = [*accumulate(made.step["sizes"])][:-1]
    return call("ops.split", *names, f"[{', '.join(map(str, places))}]", axis=made.step["dim"])


def _slice(made: Call, names: Sequence[str]) -> Code:
    """Python's slices."""
    step, parts = made.step, [":"] * made.axes
    for place, axis in enumerate(step["dims"]):
        start, end, by = step["starts"][place], step["ends"][place], (step.get("steps") or [1] * 9)[place]
        size = made.inputs[0].written_shape[axis]
        stop = "" if (size is not None and end >= size) or end < 0 else str(end)
        parts[axis] = f"{start or ''}:{stop}" + (f":{by}" if by != 1 else "")
    while parts and parts[-1] == ":":
        parts.pop()
    return Code(f"{names[0]}[{', '.join(parts)}]" if parts else names[0])


FUNCTIONS: Mapping[str, Function] = {
    "add": _operator("+"),
    "subtract": _operator("-"),
    "multiply": _operator("*"),
    "divide": _operator("/"),
    "power": _operator("**"),
    "maximum": _ops("maximum", other="x2"),
    "minimum": _ops("minimum", other="x2"),
    "clamp": _ops("clip", "min", "max"),
    "gelu": lambda made, names: call("ops.gelu", *names, approximate=made.step.get("approximate") == "tanh"),
    "celu": _ops("celu"),
    "log_softmax": _ops("log_softmax"),
    "slice": _slice,
    "split": _split,
    "stack": _listed("stack"),
    "matmul": _ops("matmul"),
    "einsum": lambda made, names: call("ops.einsum", literal(made.step["equation"]), *names),
    "squeeze": _ops("squeeze"),
    "unsqueeze": _ops("expand_dims"),
    "transpose": lambda made, names: call(
        "ops.swapaxes", *names, literal(made.step["dim0"]), literal(made.step["dim1"])
    ),
    "expand": lambda made, names: call("ops.broadcast_to", *names, literal(tuple(made.step["shape"]))),
    "normalize": lambda made, names: call(
        "ops.normalize", *names, axis=made.step["dim"], order=made.step["norm_type"], epsilon=made.step["eps"]
    ),
    **{
        kind: _ops(name)
        for kind, name in {"amax": "max", "amin": "min", "mean": "mean", "sum": "sum", "logsumexp": "logsumexp",
                           "prod": "prod"}.items()
    },
    **{
        kind: _ops(name)
        for kind, name in {
            "asin": "arcsin", "acos": "arccos", "atan": "arctan",
            **{same: same for same in (
                "abs", "negative", "sign", "square", "sqrt", "rsqrt", "reciprocal", "exp", "exp2", "expm1", "log",
                "log2", "log10", "log1p", "sin", "cos", "tan", "sinh", "cosh", "erf", "floor", "ceil", "trunc",
            )},
        }.items()
    },
}  # fmt: skip
"""By layer family the function, or the operator."""


def _family(made: Call) -> str:
    return LAYERS[made.step["type"]].family


def _merges(made: Call) -> bool:
    """Whether it is a layer that takes a list: all its branches have as many axes."""
    axes = {len(tensor.shape) for tensor in made.inputs}
    return _family(made) in MERGING and made.step.get("other") is None and (len(axes) == 1 and (len(made.inputs) > 1))


def _is_layer(made: Call) -> bool:
    return _merges(made) or _family(made) in LAYERS_OF_KERAS


def _refuses(made: Call) -> str | None:
    """A layer that is none here, or one with parameters that it has not."""
    family, step = _family(made), made.step
    if family == "conv_transpose" and max(step.get("dilation") or (1,)) > 1:
        return NO_DILATION
    sized = family == "upsample" and step.get("size") is not None
    bounded = family == "hardtanh" and any(key != "type" for key in step)
    known = family in LAYERS_OF_KERAS or family in FUNCTIONS or _merges(made)
    return None if known and not sized and not bounded else lacks_layer(TARGET.framework, step["type"])


# --- the source -------------------------------------------------------------------------------------------------------


def _write(program: Program) -> str:
    """The function as source."""
    held = Names([*LOCAL, "x"])
    alone = len(program.inputs) == 1
    arguments = {name: "inputs" if alone else held.new(name) for name in program.inputs}
    names = variables(program, arguments, [*LOCAL, *_shared(program).values()])
    layer_names, shared = _layer_names(program, arguments.values()), _shared(program)
    lines = [
        line
        for name, tensor in program.inputs.items()
        for line in call("keras.Input", shape=_without_batch(tensor.written_shape), name=None if alone else arguments[name])
        .lines(f"{arguments[name]} = ", 1)
    ]  # fmt: skip
    for each in program.calls:
        lines += _call_lines(each, names, layer_names, shared)
    outputs = [names[tensor] for tensor in program.outputs]
    given = arguments[next(iter(arguments))] if alone else f"[{', '.join(arguments.values())}]"
    result = outputs[0] if len(outputs) == 1 else f"[{', '.join(outputs)}]"
    lines.append(f"{INDENT}return keras.Model({given}, {result})")
    return _text(lines)


def _without_batch(shape: Shape) -> list[int | None]:
    return list(shape[1:])


def _layer_names(program: Program, inputs: Iterable[str]) -> dict[Call, str]:
    """The `name` of each layer: that of the posted network's, for the main one of its calls.

    Keras names the others after their classes, and refuses a model in which a name is there twice.
    """
    main = {each.layer: each for each in program.calls if _is_layer(each)}
    for each in program.calls:
        if _is_layer(each) and has_weights(each):
            main[each.layer] = each
    named = [each for each in program.calls if main.get(each.layer) is each and each.owner is None]
    apart = {*named, *(each for each in program.calls if each.owner is not None)}
    unnamed = {_own_name(each) for each in program.calls if each not in apart} | {"input_layer", "keras_tensor"}
    names, chosen = Names(inputs), dict[Call, str]()
    for each in named:
        wanted = identifier(each.layer)
        taken = re.sub(r"_\d+$", "", wanted) in unnamed
        chosen[each] = names.new(f"{wanted}_layer" if taken else wanted)
    return chosen


OPERATORS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "**": "power", "[": "get_item"}


def _own_name(made: Call) -> str:
    """The beginning of the name that Keras itself gives."""
    if _is_layer(made):
        code = MERGING[_family(made)](made) if _merges(made) else LAYERS_OF_KERAS[_family(made)](made)
    else:
        code = FUNCTIONS[_family(made)](made, ["x"] * max(len(made.inputs), 1))
        if code.arguments is None:
            return next(name for sign, name in reversed(OPERATORS.items()) if sign in code.text)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", code.head.rpartition(".")[2])
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def has_weights(made: Call) -> bool:
    """Whether a layer has numbers of its own."""
    return LAYERS[made.step["type"]].layer.parameters is not LAYERS["relu"].layer.parameters


def _shared(program: Program) -> dict[Call, str]:
    """The variables of layers that are called more than once."""
    names = Names([*LOCAL, "x"])
    owners = dict.fromkeys(each.owner for each in program.calls if each.owner is not None)
    return {owner: names.new(f"{owner.layer}_layer") for owner in owners}


def _call_lines(
    each: Call, names: Mapping[Any, str], layer_names: Mapping[Call, str], shared: Mapping[Call, str]
) -> list[str]:
    """The statement of a call."""
    taken = [names[tensor] for tensor in each.inputs]
    results = ", ".join(names[tensor] for tensor in each.outputs)
    if not _is_layer(each):
        return FUNCTIONS[_family(each)](each, taken).lines(f"{results} = ", 1)
    given = f"[{', '.join(taken)}]" if _merges(each) else taken[0]
    if each.owner is not None:
        return [f"{INDENT}{results} = {shared[each.owner]}({given})"]
    made = MERGING[_family(each)](each) if _merges(each) else LAYERS_OF_KERAS[_family(each)](each)
    name = [f"name={literal(layer_names[each])}"] if each in layer_names else []
    code = Code(made.head, [*(made.arguments or ()), *name])
    if each in shared:
        return [*code.lines(f"{shared[each]} = ", 1), f"{INDENT}{results} = {shared[each]}({given})"]
    return Code(code.head, code.arguments, f"({given})").lines(f"{results} = ", 1)


def _text(lines: Sequence[str]) -> str:
    body = "\n".join(lines)
    modules = [name for name in ("layers", "ops") if f"{name}." in body]
    imports = ["import keras", *([f"from keras import {', '.join(modules)}"] if modules else [])]
    return "\n".join([*imports, "", "", f"def {NAME}():", *lines, ""])


TARGET = Target(framework=FRAMEWORKS["keras"], format="keras-source", entry=NAME, write=_write, refuses=_refuses, reads_as=lambda made: 1)
