"""Diagnostics of posted arrays."""

from collections.abc import Iterator, Sequence
from typing import Any

from service.core.diagnostics.malformed import shown
from service.core.diagnostics.model import Fact
from service.core.diagnostics.registry import diagnostic
from service.core.layers.pointers import Pointer

BINARY_FORMS = "base64, or .npy parts of multipart/form-data with an .npy answer"


@diagnostic("A601")
def not_an_array(value: Any, reason: str, at: Pointer) -> Iterator[Fact]:
    """A value is not an array, though one is needed.

    An array is a nested list of numbers, all lists of a level of the same length, or an object with `shape`,
    `dtype` and `data` (a flat list) or `base64` (little-endian, row-major).
    """
    name = at[-1] if at else "body"
    text = shown(value)
    yield Fact(f"`{name}` is {text}: {reason}", anchor=at, help="post a nested list of numbers, all rows of one length")


@diagnostic("A602")
def array_size_mismatch(at: Pointer, shape: Sequence[int], needed: int, unit: str, given: int) -> Iterator[Fact]:
    """The data of an array is not as long as its shape says.

    A shape of [2, 3] holds 6 numbers; in base64 or `.npy` that is 6 times the bytes of its type, no more and no less.
    """
    yield Fact(
        f"a shape of {list(shape)} needs {needed} {unit}, but there are {given}",
        anchor=at,
        help="make shape and data agree",
    )


@diagnostic("A603")
def non_finite_number(at: Pointer, what: str) -> Iterator[Fact]:
    """NaN or infinity would have to travel as JSON, which cannot carry them.

    Binary forms carry them: base64 arrays, `.npy` parts and `.npy` answers.
    """
    yield Fact(f"{what} holds NaN or infinity, which JSON cannot carry", anchor=at, help=f"use {BINARY_FORMS}")


@diagnostic("A604")
def integer_overflow(value: int, dtype: str) -> Iterator[Fact]:
    """An integer result does not fit its type.

    Integers are computed exactly, never wrapped and never rounded.
    """
    yield Fact(f"the result holds {value}, which does not fit {dtype}", anchor=(), help="post floating-point numbers")


@diagnostic("A605")
def array_rank_mismatch(name: str, axes: int, wanted: str, layer: str) -> Iterator[Fact]:
    """An array has another number of axes than the layer works on.

    An input is bare (spatial axes only), unbatched (with channels) or batched. A weight is bare beside a bare input,
    else it has output and input channels and the kernel's axes. Where the layer's type names no rank (`conv`) the
    weight's rank decides.
    """
    yield Fact(
        f"`{name}` has {axes} {'axis' if axes == 1 else 'axes'}, but `{layer}` takes {wanted}",
        anchor=(name,),
        help=f"give `{name}` the axes that the layer works on, or name the rank: `conv2d`",
    )


@diagnostic("A606")
def weight_mismatch(parameter: str, given: Any, known: Any, at: Pointer) -> Iterator[Fact]:
    """A parameter of the layer contradicts the shape of an array.

    `kernel_size`, `in_channels` and `out_channels` are known from the weight and may be left out.
    """
    yield Fact(f"`{parameter}` is {given}, but the weight says {known}", anchor=at, help=f"remove `{parameter}`")


@diagnostic("A607")
def bias_mismatch(shape: Sequence[int], channels: int) -> Iterator[Fact]:
    """A bias does not have one number per output channel.

    The output channels are those of the weight. Beside a bare input the bias is one number.
    """
    yield Fact(
        f"`bias` has the shape {list(shape)}, but there are {channels} output channels",
        anchor=("bias",),
        help=f"post a bias of {channels} numbers",
    )


@diagnostic("A608")
def operand_missing_or_unused(name: str, layer: str, *, needed: bool) -> Iterator[Fact]:
    """A convolution has no weight, or another layer has one.

    Convolutions and transposed convolutions take a `weight` and may take a `bias`; pools, pads and crops take neither.
    """
    yield Fact(
        f"`{layer}` needs a `{name}`" if needed else f"`{layer}` takes no `{name}`",
        anchor=() if needed else (name,),
        help=f"add `{name}`" if needed else f"remove `{name}`",
    )


@diagnostic("A609")
def position_out_of_range(position: Sequence[int], shape: Sequence[int], at: Pointer) -> Iterator[Fact]:
    """A position to explain is not in the output.

    A position has one index per axis of the output as it is answered, each from 0: `[row, column]` of a bare image,
    `[batch, channel, row, column]` of a batch of them.
    """
    yield Fact(
        f"the position {list(position)} is not in an output of shape {list(shape)}",
        anchor=at,
        help="give one index per axis of the output, each from 0",
    )


@diagnostic("A610")
def bad_npy(reason: str, at: Pointer) -> Iterator[Fact]:
    """A binary array is not in a form that is accepted.

    Accepted are `.npy` files of format 1 to 3 and base64 data of the types float16 to float64, int8 to int64 and uint8
    to uint64, little-endian, row-major, with exactly as many bytes as the shape needs.
    """
    yield Fact(f"`{at[-1]}` {reason}", anchor=at, help="write it with numpy.save, as one of the accepted types")


@diagnostic("A611")
def algorithm_not_applicable(name: str, condition: str) -> Iterator[Fact]:
    """The algorithm that is named cannot compute this layer with these arrays.

    Without `algorithm` the fastest that applies computes it; the answer names it. `im2col` and `shifted` compute every
    convolution, `col2im` many transposed ones. Pools, pads and crops have no choice of algorithms.
    """
    yield Fact(
        f"`{name}` cannot compute this layer: it is for {condition}",
        anchor=("algorithm",),
        help="leave `algorithm` out, or ask for `im2col`",
    )


@diagnostic("L701")
def too_large(
    what: str, figure: int, limit: int, name: str, at: Pointer, change: str = "ask for less in one request"
) -> Iterator[Fact]:
    """A request asks for more than the service does in one request.

    Every cost is computed from shapes before anything is allocated. The list of limits has each limit and its meaning.
    """
    yield Fact(f"{what} is {figure}, above the limit of {limit} (`{name}`)", anchor=at, help=change)
