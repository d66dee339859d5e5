"""Questions about one layer that have no answer, or one that differs between frameworks."""

from collections.abc import Iterator

from service.core.diagnostics.model import Fact
from service.core.diagnostics.registry import diagnostic
from service.core.layers.pointers import Pointer


@diagnostic("S210")
def unreachable_output_size(
    axis: int, wanted: int, below: int | None, above: int | None, at: Pointer
) -> Iterator[Fact]:
    """No padding gives the output size that is wanted.

    Padding of a convolution or a pool only adds positions: the output is at least what no padding gives, and at most
    what the most padding gives that the framework's pool or the padding's mode takes. Padding of a transposed
    convolution only crops, and `output_padding` adds less than the stride: the output is at most that.
    """
    bound = f"at least {above}" if above is not None else f"at most {below}"
    yield Fact(
        f"an output of {wanted} on axis {axis} is out of reach: with any padding it is {bound}",
        anchor=at,
        help=f"ask for {bound}, or change the kernel or the stride",
    )


@diagnostic("W505", "warning")
def frameworks_disagree(first: str, second: str, what: str, at: Pointer) -> Iterator[Fact]:
    """The same layer gives other sizes or other values in another framework.

    Defaults differ (a pool's stride, what an average counts), "same" is placed differently, and a transposed
    convolution reads its padding in other ways. `written` says how each framework gets the values asked for.
    """
    yield Fact(f"{first} and {second} disagree: {what}", anchor=at, help="write the layer as `written` shows it there")
