"""Pools cut into blocks that fit a cache, so that little is held beside input and output, whatever the layer."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Generic, NamedTuple, TypeVar

from service.core.convolve.kernels.task import pieces
from service.core.convolve.kernels.windows import Even, Windows

BLOCK_BYTES = 2**19
"""What the windows of a block look at, about: a cache holds it, and what is made of it."""
WHOLE_BYTES = 2**22
"""The same where a window is all there is, of which nothing is copied."""
LARGE_BYTES = 2**23
"""The same for all threads together: they wait for each other between calls into NumPy, so these are to be long."""
THREAD_BYTES = 2**21
"""What is worth another thread."""
LEAST_WINDOWS = 2**14
"""So many windows are worth a call."""
MOST_INDICES = 2**16
"""Windows at once along an axis where each has an index."""
ENOUGH = 8
"""How many times the reach of one window those of a block spread, where there is a choice."""
MUCH = 4
"""A large window fills a part in so many of a block; it overlaps others where so many look at a position."""
HELD = 4
"""How many times what a block looks at is held: as it is looked at, twice as it is combined, and as it comes out."""

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Cut:
    """How much a block holds at most, and how many threads the blocks are worth."""

    threads: int = 1
    images: int
    channels: int
    windows: Sequence[int]
    """Along each axis."""
    elements: Sequence[int]
    """Of a window, along each axis: larger ones are combined of parts."""
    holds_all: bool = False


def cut(images: int, channels: int, axes: Sequence[Windows], itemsize: int, threads: int = 1) -> Cut:
    """A pool cut for no more than so many threads."""
    windows, elements = [axis.count for axis in axes], [axis.kernel for axis in axes]
    seen = positions(axes, windows, elements)
    size = itemsize * images * channels * seen
    if size <= BLOCK_BYTES:
        return Cut(images=images, channels=channels, windows=windows, elements=elements, holds_all=True)
    threads = max(1, min(threads, size // THREAD_BYTES))
    is_large = MUCH * itemsize * prod(elements) > BLOCK_BYTES and prod(windows) * prod(elements) > MUCH * seen
    most = LARGE_BYTES // threads if threads > 1 or is_large else BLOCK_BYTES if max(windows) > 1 else WHOLE_BYTES
    most = min(most, -(-size // threads))
    windows, elements = _spatial(axes, most // itemsize)
    channel = itemsize * positions(axes, windows, elements)
    return Cut(
        threads=threads,
        images=max(1, most // (channel * channels)),
        channels=max(1, most // channel),
        windows=windows,
        elements=elements,
    )


def cost(images: int, channels: int, axes: Sequence[Windows], itemsize: int) -> tuple[int, int, int]:
    """What a pool takes: elements in all passes over them, calls into NumPy, and elements held in between."""
    size = cut(images, channels, axes, itemsize)
    along = zip(axes, size.windows, size.elements, strict=True)
    parts = prod([-(-axis.count // windows) * -(-axis.kernel // elements) for axis, windows, elements in along])
    blocks = -(-images // size.images) * -(-channels // size.channels) * parts
    added = sum([elements.bit_length() + elements.bit_count() - 2 for elements in size.elements])
    passes = 3 + (added if max(size.windows) > 1 else 0)
    held = min(images, size.images) * min(channels, size.channels) * positions(axes, size.windows, size.elements)
    return blocks * passes * held, blocks * (passes + 3), HELD * held


def _spatial(axes: Sequence[Windows], most: int) -> tuple[list[int], list[int]]:
    """How many windows, of how many elements each, look at no more than `most` positions of a channel.

    What spreads furthest, measured by the reach of one window, is halved: blocks overlap little then. Where windows
    reach further than they spread, they are halved themselves.
    """
    windows = [axis.count if isinstance(axis, Even) else min(axis.count, MOST_INDICES) for axis in axes]
    elements = [axis.kernel for axis in axes]
    while positions(axes, windows, elements) > most:
        spreads = [axis.stride * (count - 1) for axis, count in zip(axes, windows, strict=True)]
        reaches = [axis.dilation * (count - 1) for axis, count in zip(axes, elements, strict=True)]
        worths = [min(spread // (reach + 1), ENOUGH) for spread, reach in zip(spreads, reaches, strict=True)]
        if max(worths) > 0:
            halved, number = windows, worths.index(max(worths))
        elif prod(windows) > LEAST_WINDOWS:
            halved, number = windows, windows.index(max(windows))
        else:
            halved, number = elements, reaches.index(max(reaches))
        halved[number] = -(-halved[number] // 2)
    return windows, elements


def positions(axes: Sequence[Windows], windows: Sequence[int], elements: Sequence[int]) -> int:
    """How many positions of a channel so many windows of so many elements look at."""
    along = zip(axes, windows, elements, strict=True)
    return prod([axis.stride * (count - 1) + axis.dilation * (kernel - 1) + 1 for axis, count, kernel in along])


class Block(NamedTuple, Generic[T]):
    """Some windows of some channels of some images."""

    leading: tuple[slice, ...]
    """Which images and which channels; empty for all."""
    place: tuple[slice, ...]
    """Which windows along each axis; empty for all."""
    axes: Sequence[Windows]
    parts: Sequence[T]
    """What was made of these windows, or of each part of them where they are large."""


def blocks(
    images: int, channels: int, axes: Sequence[Windows], size: Cut, make: Callable[[Sequence[Windows]], T]
) -> Iterator[Block[T]]:
    """A pool in blocks of that size."""
    leading = [
        (slice(*some), slice(*few)) for some in pieces(images, size.images) for few in pieces(channels, size.channels)
    ]
    for chosen in product(*[_some(*pair) for pair in zip(axes, size.windows, strict=True)]):
        few = [axis for _, axis in chosen]
        parts = [make(part) for part in product(*[_parts(*pair) for pair in zip(few, size.elements, strict=True)])]
        for one in leading:
            yield Block(one, tuple([place for place, _ in chosen]), few, parts)


def _some(axis: Windows, most: int) -> list[tuple[slice, Windows]]:
    """The windows along an axis, no more than so many at once, and which they are."""
    if axis.count <= most:
        return [(slice(0, axis.count), axis)]
    return [(slice(*ends), axis.some(*ends)) for ends in pieces(axis.count, most)]


def _parts(axis: Windows, most: int) -> list[Windows]:
    """The windows along an axis with no more than so many of their elements at once."""
    if axis.kernel <= most or not isinstance(axis, Even):
        return [axis]
    return [axis.taps(*ends) for ends in pieces(axis.kernel, most)]
