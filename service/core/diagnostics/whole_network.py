"""Warnings about a network as a whole, which no layer shows by itself."""

from collections.abc import Iterator, Sequence

from service.core.diagnostics.model import Fact, Related
from service.core.diagnostics.registry import diagnostic
from service.core.geometry.shapes import Shape, shape_text, sizes_text
from service.core.layers.pointers import Pointer


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


@diagnostic("W512", "warning")
def batch_changed(before: int, after: int, shape: Shape, made: Shape, at: Pointer) -> Iterator[Fact]:
    """A reshape changes the number of examples, and the network gives another number of results than it was given.

    A reshape to `[-1, 200]` takes as many examples as there are elements for, so a wrong number of features shows as a
    wrong number of examples, and nothing fails until the results meet their labels. Where the batch is named,
    `[8, -1]`, or the network flattens from axis 1 on, the number of features shows what is wrong.
    """
    yield Fact(
        f"{shape_text(shape)} becomes {shape_text(made)}: {before} {'example' if before == 1 else 'examples'} become"
        f" {after}, and so many results come out",
        anchor=at,
        help=f"keep the batch: give {before} as the first size, or flatten from axis 1 on",
    )
