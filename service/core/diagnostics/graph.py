"""Diagnostics of how the layers of a network are connected."""

from collections.abc import Iterator, Sequence

from service.core.diagnostics.malformed import nearest
from service.core.diagnostics.model import Fact, Fix, Related, pointer_text
from service.core.diagnostics.registry import diagnostic
from service.core.geometry.shapes import sizes_text
from service.core.layers.base import Pointer


@diagnostic("G401")
def duplicate_name(name: str, first: Pointer, second: Pointer) -> Iterator[Fact]:
    """Two layers have the same name, so `inputs` cannot tell them apart.

    A layer without a name is called `{type}_{index}`.
    """
    yield Fact(
        f"the name `{name}` is already taken",
        anchor=(*second, "name"),
        help="give the layer a name of its own",
        related=(Related((*first, "name"), "it is first given here"),),
    )


@diagnostic("G402")
def unknown_input(name: str, known: Sequence[str], at: Pointer) -> Iterator[Fact]:
    """A layer takes its input from a name that no layer and no input has.

    A network given by `input_shape` has one input, `input`; one given by `inputs` has those names. Layers are named by
    `name`, or by type and index.
    """
    close = nearest(name, known)
    path = pointer_text(at)
    patch = ({"op": "test", "path": path, "value": name}, {"op": "replace", "path": path, "value": close})
    yield Fact(
        f"there is no layer or input named `{name}`",
        anchor=at,
        help=f"write `{close}`" if close else "name a layer or an input of the network",
        fixes=(Fix(f"write `{close}`", patch),) if close else (),
    )


@diagnostic("G403")
def cycle(names: Sequence[str], locations: Sequence[Pointer]) -> Iterator[Fact]:
    """Layers depend on each other in a cycle, so none of them can be computed first.

    Layers may be listed in any order, but the network must lead from its inputs to its output.
    """
    listed = ", ".join(f"`{name}`" for name in names)
    yield Fact(
        f"the layers {listed} depend on each other in a cycle" if len(names) > 1 else f"{listed} depends on itself",
        anchor=(*locations[0], "inputs"),
        help="change the `inputs` of one of them",
        related=tuple(Related(place, f"`{name}`") for name, place in zip(names[1:], locations[1:], strict=True)),
    )


@diagnostic("G404")
def wrong_number_of_inputs(owner: str, count: int, wanted: str, at: Pointer) -> Iterator[Fact]:
    """A layer has more or fewer inputs than it takes.

    `add`, `multiply` and `concat` take two or more, every other layer exactly one.
    """
    yield Fact(
        f"{owner} has {count} {'input' if count == 1 else 'inputs'}, but takes {wanted}",
        anchor=at,
        help=f"give it {wanted}",
    )


@diagnostic("W507", "warning")
def dilation_gridding(dilation: int, axis: int, other: str, at: Pointer, there: Pointer) -> Iterator[Fact]:
    """Convolutions of one dilation follow each other, so together they read only some of the positions.

    Two kernels of 3 with dilation 2 read every second position of what goes into the first: neighbouring outputs are
    made of different inputs, which shows as a grid. Dilations without a common factor (1, 2, 5) read every position.
    Source: Wang and others, "Understanding Convolution for Semantic Segmentation", 2018.
    """
    yield Fact(
        f"the dilation is {dilation} on axis {axis}, as in `{other}` before: together they read every {dilation}"
        f"{'nd' if dilation == 2 else 'rd' if dilation == 3 else 'th'} position only",
        anchor=at,
        help="use dilations that have no common factor, such as 1, 2 and 5",
        related=(Related(there, f"`{other}` has the same dilation"),),
    )


@diagnostic("W508", "warning")
def receptive_field_exceeds_input(sizes: Sequence[int], inputs: Sequence[int], at: Pointer) -> Iterator[Fact]:
    """A convolution widens a receptive field that is already larger than the network's input.

    Given for the first such layer. It and those behind it combine what is already seen, and see nothing new: they
    rarely improve a result, and a larger input would make use of them.
    Source: Richter, Byttner, Krumnack, Schallner and Shenk, "Size Matters", 2021.
    """
    yield Fact(
        f"what arrives already sees {sizes_text(sizes)} pixels, more than the {sizes_text(inputs)} of the input",
        anchor=at,
        help="use a larger input, or leave the layers from here on out",
    )


@diagnostic("W509", "warning")
def odd_size_before_skip(sizes: Sequence[int], wrong: Sequence[int], step: int | None, at: Pointer) -> Iterator[Fact]:
    """Branches have the same size for this input, but not for inputs of other sizes.

    A size that a stride does not divide is rounded on one branch and not on the other: a pool makes 87 of 175, and
    upsampling makes 174 of 87. The question about input sizes tells which sizes work.
    """
    works = "" if step is None else f"; {sizes_text([size + step for size in sizes])} works too"
    here, there = sizes_text(sizes), sizes_text(wrong)
    yield Fact(
        f"the branches have the same size for an input of {here}, but not for {there}{works}",
        anchor=at,
        help="pad or crop inputs to a size that works, or one of the branches to the other",
    )


@diagnostic("W504", "warning")
def unused_layer(name: str, last: str, at: Pointer) -> Iterator[Fact]:
    """No layer uses what a layer computes, and it is not the last one.

    The last layer listed is the network's output.
    """
    yield Fact(
        f"no layer takes `{name}` as an input, and the output is `{last}`",
        anchor=at,
        help=f"use `{name}`, or remove it",
    )
