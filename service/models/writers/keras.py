"""Keras source: a function that makes a functional model."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from service.core.frameworks import FRAMEWORKS
from service.core.geometry.shapes import Shape
from service.core.questions.equivalents.windows import lacks_layer
from service.models.writers.code import INDENT, Code, Names, call, identifier, literal
from service.models.writers.keras_layers import FUNCTIONS, LAYERS_OF_KERAS, MERGING, depth_of, names_axes
from service.models.writers.keras_weights import parts_of
from service.models.writers.program import Call, Program
from service.models.writers.target import Target
from service.models.writers.variables import variables

NAME = "build_model"
LOCAL = ("keras", "layers", "ops", "inputs", "outputs", NAME)
NO_DILATION = "TensorFlow runs no transposed convolution with dilation on the CPU"


def _merges(made: Call) -> bool:
    """Whether it is a layer that takes a list: all its branches have as many axes."""
    axes = {len(tensor.shape) for tensor in made.inputs}
    return made.family in MERGING and made.step.get("other") is None and (len(axes) == 1 and (len(made.inputs) > 1))


def _is_layer(made: Call) -> bool:
    return _merges(made) or (made.family in LAYERS_OF_KERAS and not names_axes(made))


def _refuses(made: Call) -> str | None:
    """A layer that is none here, or one with parameters that it has not."""
    family, step = made.family, made.step
    if family == "conv_transpose" and max(step.get("dilation") or (1,)) > 1:
        return NO_DILATION
    sized = family == "upsample" and step.get("size") is not None
    bounded = family == "hardtanh" and any(key != "type" for key in step)
    known = family in LAYERS_OF_KERAS or family in FUNCTIONS or _merges(made)
    return None if known and not sized and not bounded else lacks_layer(TARGET.framework, step["type"])


# --- the source -------------------------------------------------------------------------------------------------------


def _write(program: Program) -> str:
    """The function as source."""
    arguments = _arguments(program)
    alone = len(arguments) == 1
    layer_names, shared = _layer_names(program, arguments.values()), _shared(program)
    names = variables(program, arguments, [*LOCAL, *shared.values()])
    lines: list[str] = []
    for name, tensor in program.inputs.items():
        shape = _without_batch(tensor.written_shape)
        made = call("keras.Input", shape=shape, name=None if alone else arguments[name])
        lines += made.lines(f"{arguments[name]} = ", 1)
    for each in program.calls:
        lines += _call_lines(each, names, layer_names, shared)
    outputs = [names[tensor] for tensor in program.outputs]
    given = arguments[next(iter(arguments))] if alone else f"[{', '.join(arguments.values())}]"
    result = outputs[0] if len(outputs) == 1 else f"[{', '.join(outputs)}]"
    lines.append(f"{INDENT}return keras.Model({given}, {result})")
    return _text(lines)


def _arguments(program: Program) -> dict[str, str]:
    """The variable of each input."""
    held, alone = Names([*LOCAL, "x"]), len(program.inputs) == 1
    return {name: "inputs" if alone else held.new(name) for name in program.inputs}


def _without_batch(shape: Shape) -> list[int | None]:
    return list(shape[1:])


def _layer_names(program: Program, inputs: Iterable[str]) -> dict[Call, str]:
    """The `name` of each layer: that of the posted network's, for the main one of its calls.

    Keras names the others after their classes, and refuses a model in which a name is there twice.
    """
    main = {each.layer: each for each in program.calls if _is_layer(each)}
    for each in program.calls:
        if _is_layer(each) and each.has_weights:
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


def _names_in_source(program: Program) -> Mapping[Call, str]:
    """What each layer is called that has a name."""
    return _layer_names(program, _arguments(program).values())


OPERATORS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "**": "power", "[": "get_item"}


def _own_name(made: Call) -> str:
    """The beginning of the name that Keras itself gives."""
    if _is_layer(made):
        code = MERGING[made.family](made) if _merges(made) else LAYERS_OF_KERAS[made.family](made)
    else:
        code = FUNCTIONS[made.family](made, ["x"] * max(len(made.inputs), 1))
        if code.arguments is None:
            return next(name for sign, name in reversed(OPERATORS.items()) if sign in code.text)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", code.head.rpartition(".")[2])
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


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
        return FUNCTIONS[each.family](each, taken).lines(f"{results} = ", 1)
    given = f"[{', '.join(taken)}]" if _merges(each) else taken[0]
    if each.owner is not None:
        return [f"{INDENT}{results} = {shared[each.owner]}({given})"]
    made = MERGING[each.family](each) if _merges(each) else LAYERS_OF_KERAS[each.family](each)
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


TARGET = Target(
    framework=FRAMEWORKS["keras"],
    format="keras-source",
    entry=NAME,
    write=_write,
    refuses=_refuses,
    reads_as=lambda made: 1,
    weights=parts_of,
    separator="/",
    family=lambda made: "depthwise_conv" if made.family == "conv" and depth_of(made) else made.family,
    names=_names_in_source,
)
