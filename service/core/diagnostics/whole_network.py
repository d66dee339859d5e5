"""Warnings about a network as a whole, which no layer shows by itself."""

from collections.abc import Iterator, Sequence

from service.core.diagnostics.model import Fact, Related
from service.core.diagnostics.registry import DIAGNOSTICS, diagnostic
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
def receptive_field_exceeds_input(
    sizes: Sequence[int], inputs: Sequence[int], arriving: Sequence[int], read: int, kernel: int, at: Pointer
) -> Iterator[Fact]:
    """The map has become so small that a part of a convolution's kernel meets nothing but padding.

    Given for the first such layer behind which every output sees the whole input of the network. The last layers of
    deep classifiers all see the whole input, which is as it should be; here their weights go to waste too: of a kernel
    of 3 over one position, padded by 1, the outer weights multiply zeros. A network made for 224 pixels meets that with
    32. Dilated kernels are left out: they are made for larger inputs than those they are tried with.
    Source: Richter, Byttner, Krumnack, Schallner and Shenk, "Size Matters", 2021.
    """
    verb = "meets" if read == 1 else "meet"
    yield Fact(
        f"only {read} of the kernel's {kernel} positions ever {verb} the input, not just padding: what arrives is"
        f" {sizes_text(arriving)}, and what comes out sees {sizes_text(sizes)} pixels of an input of"
        f" {sizes_text(inputs)}",
        anchor=at,
        help="use a larger input, or smaller strides before",
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
def batch_changed(
    before: int, after: int, shape: Shape, made: Shape, at: Pointer, *, squeezed: bool = False
) -> Iterator[Fact]:
    """A reshape changes the number of examples, and the network gives another number of results than it was given.

    A reshape to `[-1, 200]` takes as many examples as there are elements for, so a wrong number of features shows as a
    wrong number of examples, and nothing fails until the results meet their labels. Where the batch is named,
    `[8, -1]`, or the network flattens from axis 1 on, the number of features shows what is wrong. A squeeze of all axes
    takes the batch away where it is 1. A reshape from `[8, 16]` to `[16, 8]` mixes the examples, since it keeps the
    order of the elements: a permutation was meant.
    """
    keep = "name the axes to squeeze" if squeezed else f"give {before} as the first size, or flatten from axis 1 on"
    become = "example becomes" if before == 1 else "examples become"
    yield Fact(
        f"{shape_text(shape)} becomes {shape_text(made)}: {before} {become} {after}, and so many results come out",
        anchor=at,
        help=f"keep the batch: {keep}",
    )


def batch_swapped(shape: Shape, made: Shape, at: Pointer) -> Iterator[Fact]:
    """The warning that a reshape swaps the batch with another axis, which mixes the examples."""
    yield Fact(
        f"{shape_text(shape)} becomes {shape_text(made)}: the batch of {shape[0]} is on axis 1 now, but a reshape keeps"
        " the order of the elements, so that the examples are mixed",
        anchor=at,
        help="swap axes 0 and 1 by a `permute`, or keep the batch as the first size",
        rule=DIAGNOSTICS["batch-changed"],
    )
