"""Sizes to offer in place of a network's own: of the same ratio, and those that networks are trained with."""

from collections.abc import Iterator

from service.core.networks.advice.mistake import Sizes
from service.core.networks.coupled_axes import Block

USUAL_SIZES = (28, 32, 64, 112, 128, 224, 256, 299, 384, 512)
"""Pixels. Chosen: the heights and widths with which most networks are trained."""
OTHER_SIZES = (48, 96, 160, 192, 227, 240, 288, 320, 331, 352, 416, 448, 480, 550, 600, 608, 640, 768, 800, 896, 1024)
"""Pixels. Chosen: those with which some published networks are trained."""
TRAINING_SIZES = (*USUAL_SIZES, *OTHER_SIZES)


def scaled(sizes: Sizes, least: int) -> Sizes | None:
    """The sizes in the same ratio, of which height and width are at least so many; None where they would not be whole.

    An axis before height and width, such as time, stays as it is.
    """
    image, shortest = sizes[-2:], min(sizes[-2:])
    if any(size * least % shortest for size in image):
        return None
    return (*sizes[:-2], *(size * least // shortest for size in image))


def training_inputs(sizes: Sizes) -> list[Sizes]:
    """Every training size in the ratio of these sizes, and as a square."""
    squares = [(*sizes[:-2], *[size] * len(sizes[-2:])) for size in TRAINING_SIZES]
    in_ratio = [found for size in TRAINING_SIZES if (found := scaled(sizes, size)) is not None]
    return list(dict.fromkeys([*in_ratio, *squares]))


def best_in(block: Block, sizes: Sizes) -> Sizes:
    """The sizes of a block to offer: in the same ratio if some are, of those a training size, else the nearest."""
    first, last = block[-2:][0]
    in_ratio = [
        found for size in range(first, last + 1) if (found := scaled(sizes, size)) is not None and _is_in(found, block)
    ]
    known = [found for found in in_ratio if min(found[-2:]) in TRAINING_SIZES]
    nearest = tuple(min(max(size, least), most) for size, (least, most) in zip(sizes, block, strict=True))
    return min(known or in_ratio or [nearest], key=lambda found: preference(found, sizes))


def preference(inputs: Sizes, sizes: Sizes) -> tuple[bool, bool, int]:
    """How well some sizes stand for others, the best least: those in their ratio, usual ones, then the nearest."""
    least = min(inputs[-2:])
    return scaled(sizes, least) != inputs, least not in USUAL_SIZES, distance(inputs, sizes)


def distance(some: Sizes, others: Sizes) -> int:
    """Pixels by which all axes differ together."""
    return sum(abs(a - b) for a, b in zip(some, others, strict=True))


def growing_ranges(sizes: Sizes, most: int) -> Iterator[list[Sizes]]:
    """The inputs in the ratio of these sizes, in ranges that double: from 1 to twice the size, to four times, ..."""
    shortest, tried = min(sizes[-2:]), 0
    while tried < most:
        reach = min(2 * max(shortest, tried), most)
        found = [scaled(sizes, size) for size in range(tried + 1, reach + 1)]
        yield [inputs for inputs in found if inputs is not None]
        tried = reach


def _is_in(sizes: Sizes, block: Block) -> bool:
    return all(least <= size <= most for size, (least, most) in zip(sizes, block, strict=True))
