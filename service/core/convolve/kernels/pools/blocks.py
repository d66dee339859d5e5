"""Pools cut into blocks that fit a cache, so that any pool holds little beside its input and output.

A block is some windows of some channels of some images. Windows larger than a block are cut into parts of themselves.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Generic, NamedTuple, TypeVar

from service.core.convolve.kernels.pools.windows import EvenWindows, Windows
from service.core.convolve.kernels.splitting import pieces

BLOCK_BYTES = 2**19
"""Bytes of input that the windows of a block read, about. Chosen: a cache holds this and what is made of it."""
WHOLE_BYTES = 2**22
"""Bytes of input where there is one window per channel, so that nothing is copied. Chosen."""
LARGE_BYTES = 2**23
"""Bytes of input of the blocks of all threads together. Chosen: threads wait for each other between calls into NumPy,
so each call must be long."""
THREAD_BYTES = 2**21
"""Bytes of input that are worth another thread. Chosen."""
LEAST_WINDOWS = 2**14
"""Windows that are worth a call into NumPy. Chosen."""
MOST_INDICES = 2**16
"""Windows in a block along an axis on which each window has an index of its own. Chosen."""
MOST_SPREAD = 8
"""How many times the reach of one window the windows of a block should spread, where there is a choice. Chosen."""
LARGE_FRACTION = 4
"""A window is large if it fills 1/4 of a block and 4 windows read each position on average. Chosen."""
COPIES = 4
"""Copies of the input that a block holds: as it is read, two while it is combined, and the output."""

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class BlockSize:
    """The most that a block holds, and how many threads the blocks are worth."""

    threads: int = 1
    images: int
    channels: int
    windows: Sequence[int]
    """Windows along each axis."""
    elements: Sequence[int]
    """Elements of a window along each axis; larger windows are combined from parts."""
    holds_all: bool = False
    """Whether a single block holds the whole pool."""


def block_size(images: int, channels: int, axes: Sequence[Windows], itemsize: int, threads: int = 1) -> BlockSize:
    """The size of the blocks of a pool, for at most this many threads."""
    windows, elements = [axis.count for axis in axes], [axis.kernel for axis in axes]
    read = positions(axes, windows, elements)
    size = itemsize * images * channels * read
    if size <= BLOCK_BYTES:
        return BlockSize(images=images, channels=channels, windows=windows, elements=elements, holds_all=True)
    threads = max(1, min(threads, size // THREAD_BYTES))
    fills_blocks = LARGE_FRACTION * itemsize * prod(elements) > BLOCK_BYTES
    is_large = fills_blocks and prod(windows) * prod(elements) > LARGE_FRACTION * read
    most = LARGE_BYTES // threads if threads > 1 or is_large else BLOCK_BYTES if max(windows) > 1 else WHOLE_BYTES
    most = min(most, -(-size // threads))
    windows, elements = _windows_and_elements(axes, most // itemsize)
    channel = itemsize * positions(axes, windows, elements)
    return BlockSize(
        threads=threads,
        images=max(1, most // (channel * channels)),
        channels=max(1, most // channel),
        windows=windows,
        elements=elements,
    )


def cost(images: int, channels: int, axes: Sequence[Windows], itemsize: int) -> tuple[int, int, int]:
    """What a pool costs: elements in all passes over them, calls into NumPy, and elements held in between."""
    size = block_size(images, channels, axes, itemsize)
    along = zip(axes, size.windows, size.elements, strict=True)
    parts = prod([-(-axis.count // windows) * -(-axis.kernel // elements) for axis, windows, elements in along])
    blocks = -(-images // size.images) * -(-channels // size.channels) * parts
    additions = sum([elements.bit_length() + elements.bit_count() - 2 for elements in size.elements])
    passes = 3 + (additions if max(size.windows) > 1 else 0)
    held = min(images, size.images) * min(channels, size.channels) * positions(axes, size.windows, size.elements)
    return blocks * passes * held, blocks * (passes + 3), COPIES * held


def _windows_and_elements(axes: Sequence[Windows], most: int) -> tuple[list[int], list[int]]:
    """How many windows along each axis, and elements of each, so that they read at most `most` positions of a channel.

    The windows are halved along the axis where they spread furthest, measured by the reach of one window: blocks then
    overlap little. Where windows reach further than they spread, their elements are halved.
    """
    windows = [axis.count if isinstance(axis, EvenWindows) else min(axis.count, MOST_INDICES) for axis in axes]
    elements = [axis.kernel for axis in axes]
    while positions(axes, windows, elements) > most:
        spreads = [axis.stride * (count - 1) for axis, count in zip(axes, windows, strict=True)]
        reaches = [axis.dilation * (count - 1) for axis, count in zip(axes, elements, strict=True)]
        ratios = [min(spread // (reach + 1), MOST_SPREAD) for spread, reach in zip(spreads, reaches, strict=True)]
        if max(ratios) > 0:
            halved, axis_number = windows, ratios.index(max(ratios))
        elif prod(windows) > LEAST_WINDOWS:
            halved, axis_number = windows, windows.index(max(windows))
        else:
            halved, axis_number = elements, reaches.index(max(reaches))
        halved[axis_number] = -(-halved[axis_number] // 2)
    return windows, elements


def positions(axes: Sequence[Windows], windows: Sequence[int], elements: Sequence[int]) -> int:
    """How many positions of a channel are read by so many windows of so many elements along each axis."""
    along = zip(axes, windows, elements, strict=True)
    return prod([axis.stride * (count - 1) + axis.dilation * (kernel - 1) + 1 for axis, count, kernel in along])


class Block(NamedTuple, Generic[T]):
    """Some windows of some channels of some images."""

    leading: tuple[slice, ...]
    """Its images and its channels; empty for all."""
    place: tuple[slice, ...]
    """Its windows along each axis; empty for all."""
    axes: Sequence[Windows]
    parts: Sequence[T]
    """What was made of its windows, or of each part of them where they are large."""


def blocks(
    images: int, channels: int, axes: Sequence[Windows], size: BlockSize, make: Callable[[Sequence[Windows]], T]
) -> Iterator[Block[T]]:
    """A pool in blocks of this size; `make` is called for the windows of each, or for each part of them."""
    leading = [
        (slice(*some), slice(*few)) for some in pieces(images, size.images) for few in pieces(channels, size.channels)
    ]
    for chosen in product(*[_cut_windows(*pair) for pair in zip(axes, size.windows, strict=True)]):
        own = [axis for _, axis in chosen]
        parts = [
            make(part) for part in product(*[_cut_elements(*pair) for pair in zip(own, size.elements, strict=True)])
        ]
        place = tuple([windows for windows, _ in chosen])
        for images_and_channels in leading:
            yield Block(images_and_channels, place, own, parts)


def _cut_windows(axis: Windows, most: int) -> list[tuple[slice, Windows]]:
    """The windows along an axis, at most `most` at once, each with their slice."""
    if axis.count <= most:
        return [(slice(0, axis.count), axis)]
    return [(slice(*ends), axis.some(*ends)) for ends in pieces(axis.count, most)]


def _cut_elements(axis: Windows, most: int) -> list[Windows]:
    """The windows along an axis with at most `most` of their elements at once."""
    if axis.kernel <= most or not isinstance(axis, EvenWindows):
        return [axis]
    return [axis.taps(*ends) for ends in pieces(axis.kernel, most)]
