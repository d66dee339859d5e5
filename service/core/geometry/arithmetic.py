"""Integer arithmetic of one spatial axis.

Symbols: i input size, k kernel, s stride, d dilation, e effective kernel, b and a the padding before and after,
P = b + a, o output size. Sizes are counts of positions. Everything is exact integer arithmetic: `//` floors,
`-(-x // y)` is the ceiling.
Sources: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (arXiv:1603.07285);
the frameworks' own code where a docstring names it.
"""


def effective_kernel(kernel: int, dilation: int) -> int:
    """`e = d*(k - 1) + 1`: the span of input positions that one window covers."""
    return dilation * (kernel - 1) + 1


def dilated_input(size: int, dilation: int) -> int:
    """`d*(i - 1) + 1`: the input size with `d - 1` positions between its own; 0 stays 0."""
    return dilation * (size - 1) + 1 if size else 0


def floor_output(padded: int, effective: int, stride: int) -> int:
    """`o = floor((i + P - e) / s) + 1`: windows that fit whole into `padded = i + P` positions.

    Below 1 if not even one window fits; the caller decides what that means.
    """
    return (padded - effective) // stride + 1


def ceil_output(size: int, before: int, after: int, effective: int, stride: int) -> int:
    """`o = ceil((i + P - e) / s) + 1`, less one if the last window would start at `i + b` or later.

    The last window must start inside the input or the padding before it. Source: `pooling_output_shape` in
    PyTorch's `aten/src/ATen/native/Pool.h`; onnxruntime follows it.
    """
    windows = -(-(size + before + after - effective) // stride) + 1
    if (windows - 1) * stride >= size + before:
        windows -= 1
    return windows


def transposed_output(size: int, effective: int, stride: int, cropped: int, output_padding: int = 0) -> int:
    """`o = (i - 1)*s + e - P + output_padding`: the size a transposed convolution gives; P is cropped."""
    return (size - 1) * stride + effective - cropped + output_padding


def same_output(size: int, stride: int) -> int:
    """`o = ceil(i / s)`: the output size that "same" padding aims at."""
    return -(-size // stride)


def same_total(size: int, effective: int, stride: int) -> int:
    """`P = max((ceil(i / s) - 1)*s + e - i, 0)`: the smallest total padding that gives `ceil(i / s)`."""
    return max((same_output(size, stride) - 1) * stride + effective - size, 0)


def split(total: int, *, extra_after: bool = True) -> tuple[int, int]:
    """A total padding as (before, after): two halves, the odd position after, or before if not `extra_after`."""
    half = total // 2
    return (half, total - half) if extra_after else (total - half, half)


def padding_totals(size: int, output: int, effective: int, stride: int) -> tuple[int, int] | None:
    """The total paddings `P >= 0` for which `floor((i + P - e)/s) + 1 = o`, as (least, greatest).

    They are the `s` consecutive values from `(o - 1)*s + e - i` on, without the negative ones; None if all are
    negative, because then even an input without padding gives more than `o`.
    """
    least = (output - 1) * stride + effective - size
    greatest = least + stride - 1
    return (max(least, 0), greatest) if greatest >= 0 else None


def unread_positions(padded: int, effective: int, stride: int, output: int) -> int:
    """`(i + P) - ((o - 1)*s + e)`: trailing positions of the padded input that no window covers, at least 0."""
    return max(padded - ((output - 1) * stride + effective), 0)


def adaptive_window(index: int, size: int, output: int) -> tuple[int, int]:
    """`[floor(j*i/o), ceil((j + 1)*i/o))`: the input positions that output j of an adaptive pool covers."""
    return index * size // output, -(-(index + 1) * size // output)
