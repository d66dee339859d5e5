"""Objects that cannot be read: a layer's type, members, and their values."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from service.core.diagnostics.model import Fact, Fix, pointer_text
from service.core.diagnostics.patches import replacing
from service.core.diagnostics.registry import diagnostic
from service.core.frameworks import FRAMEWORKS
from service.core.layers.names.neighbours import foreign_layer, nearest, neighbour_of
from service.core.layers.parameters import PARAMETERS
from service.core.layers.pointers import Pointer

LONGEST_TEXT = 40
"""Letters of a value that a message shows."""


def shown(value: Any) -> str:
    """A JSON value in a message: short, and in words where its kind is the point."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "an object"
    if not isinstance(value, str | int | float):
        return f"a list of {len(value)}"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 3] + "..."


@diagnostic("R101")
def unknown_layer_type(written: str, framework: str | None, at: Pointer) -> Iterator[Fact]:
    """A layer's `type` is not one that exists.

    A type is one of ours, or the name that PyTorch, Keras, ONNX or Flax has for it, with its prefix or without:
    `nn.Conv2d`, `Conv2D`. The list of layers has every type with its names. Spatial types end in their rank (`conv2d`);
    without it (`conv`) the rank comes from the input.
    """
    close, other = neighbour_of(written, framework), foreign_layer(written)
    message = f"there is no layer type {shown(written)}"
    if close is None:
        if other is not None:
            message += f": that layer of {FRAMEWORKS[other].title} is not known here"
        yield Fact(message, anchor=at, help="choose a type from the list of layers")
        return
    same = "" if close.written == close.kind else f", which is `{close.kind}` here"
    fix = Fix(f"write `{close.written}`", replacing(at, written, close.written))
    yield Fact(message, anchor=at, help=f"write `{close.written}`{same}", fixes=(fix,))


@diagnostic("R108")
def ambiguous_layer_type(written: str, readings: Sequence[tuple[str, str]], at: Pointer) -> Iterator[Fact]:
    """A layer's `type` is a name that several frameworks have, for layers that differ.

    The request's framework decides what a name means. Where that framework has no such name, the name is taken if all
    that have it mean the same layer. Name the framework (`onnx.Conv`, `nnx.Conv`), or use our own type.
    """
    texts = ", or ".join(f"{text} as {title} has it" for title, text in readings)
    yield Fact(
        f"{shown(written)} may be {texts}",
        anchor=at,
        help="write our own type, or the name with the prefix of its framework",
    )


@diagnostic("R102")
def unknown_parameter(owner: str, written: str, known: Collection[str], at: Pointer) -> Iterator[Fact]:
    """An object has a member that does not belong to it.

    Parameters may be spelled as any of the frameworks spells them, but each layer type takes only its own. The list of
    layers has the parameters of each.
    """
    close, word = nearest(written, known), shown(written)[1:-1]
    patch = ({"op": "move", "from": pointer_text(at), "path": pointer_text((*at[:-1], close or ""))},)
    yield Fact(
        f"{owner} takes no `{word}`",
        anchor=at,
        help=f"write `{close}`, or remove it" if close else "remove it",
        fixes=(
            *((Fix(f"write `{close}`", patch),) if close else ()),
            Fix(f"remove `{word}`", ({"op": "remove", "path": pointer_text(at)},)),
        ),
    )


@diagnostic("R107")
def unsuitable_layer_type(written: str, why: str, at: Pointer) -> Iterator[Fact]:
    """A layer type exists, but not for this question.

    Padding is solved for convolutions, transposed convolutions and pools with a kernel. Arrays go through those, the
    adaptive and global pools, and pads and crops. Networks take every type.
    """
    yield Fact(f"`{written}` {why}", anchor=at, help="choose another type from the list of layers")


@diagnostic("R103")
def missing_parameter(owner: str, parameter: str, at: Pointer) -> Iterator[Fact]:
    """An object lacks a member that has no default.

    In a network a convolution needs `out_channels` and a linear layer `out_features`, since nothing else says how
    many there are. What arrives at a layer is known, so `in_channels` and `in_features` may be left out.
    """
    row = PARAMETERS.get(parameter)
    form = f": {row.form}" if row else ""
    yield Fact(f"{owner} has no `{parameter}`", anchor=at, help=f"add `{parameter}`{form}")


@diagnostic("R104")
def parameter_out_of_range(spelled: str, value: Any, bound: str, form: str, at: Pointer) -> Iterator[Fact]:
    """A value is of the right kind but outside what the parameter allows.

    Sizes, strides, dilations, groups and channels are integers from 1 to 2147483647; padding is from 0, or from
    below where a framework crops with it (JAX).
    """
    yield Fact(f"`{spelled}` is {shown(value)}, {bound}", anchor=at, help=f"give `{spelled}` {form}")


@diagnostic("R105")
def wrong_type(spelled: str, value: Any, form: str, at: Pointer) -> Iterator[Fact]:
    """A value is of another kind than the parameter takes.

    Nothing is converted: `"3"`, `3.0` and `true` are not the integer 3.
    """
    kinds = {bool: "", str: "the string ", float: "the number ", int: "the integer "}
    yield Fact(
        f"`{spelled}` is {kinds.get(type(value), '')}{shown(value)}, not {form}",
        anchor=at,
        help=f"give `{spelled}` {form}",
    )


@diagnostic("R106")
def conflicting_parameters(first: str, second: str, parameter: str, at: Pointer) -> Iterator[Fact]:
    """Two spellings of one parameter are given together.

    Each parameter may be spelled as any of the frameworks spells it, but only once in a layer.
    """
    yield Fact(
        f"`{first}` and `{second}` both set `{parameter}`",
        anchor=at,
        help=f"remove one of `{first}` and `{second}`",
        fixes=(Fix(f"remove `{second}`", ({"op": "remove", "path": pointer_text(at)},)),),
    )


def not_a_choice(owner: str, member: str, value: Any, choices: Collection[str], location: Pointer) -> Iterator[Fact]:
    """A member that decides what a layer is has no value, or none that is known."""
    form = "one of " + ", ".join(f'"{choice}"' for choice in choices)
    if value is None:
        yield from missing_parameter(f"`{owner}`", member, location)
    elif isinstance(value, str):
        yield from parameter_out_of_range(member, value, "which is not a choice", form, (*location, member))
    else:
        yield from wrong_type(member, value, form, (*location, member))
