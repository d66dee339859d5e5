"""Pools cut into blocks."""

from math import prod

import pytest

from service.core.convolve.kernels.pools import blocks, windows


def even(size: int, kernel: int, stride: int, dilation: int = 1) -> windows.EvenWindows:
    count = (size - dilation * (kernel - 1) - 1) // stride + 1
    return windows.EvenWindows(
        size=size, first=0, count=count, kernel=kernel, stride=stride, dilation=dilation, counted=(0, size)
    )


POOLS = {
    "an image": (1, 64, [even(224, 2, 2), even(224, 2, 2)]),
    "a huge image": (1, 1, [even(4096, 3, 2), even(4096, 3, 2)]),
    "a batch": (512, 16, [even(28, 2, 2), even(28, 3, 1)]),
    "one window": (4, 1, [even(3000, 3000, 1), even(2000, 2000, 1)]),
    "long windows": (1, 2, [even(2**22, 2**20, 3)]),
    "large windows": (1, 1, [even(200, 100, 1), even(200, 100, 1), even(200, 100, 1)]),
    "dilated": (1, 1, [even(2000, 2, 1, 900), even(2000, 2, 1, 900)]),
    "far apart": (1, 1, [even(2**22, 2, 1, 2**21)]),
    "uneven": (1, 1, [windows.UnevenWindows(size=4096, total=7, index=0, count=7)] * 2),
    "repeated": (1, 1, [windows.UnevenWindows(size=3, total=2**22, index=0, count=2**22)]),
}


@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize("name", POOLS)
def test_blocks_are_small_and_every_output_is_in_one(name: str, threads: int) -> None:
    images, channels, axes = POOLS[name]
    size = blocks.block_size(images, channels, axes, 8, threads)
    outputs = 0
    for block in blocks.blocks(images, channels, axes, size, list):
        leading = prod(ends.stop - ends.start for ends in block.leading)
        outputs += leading * prod(axis.count for axis in block.axes)
        looked_at = max(prod(axis.width for axis in part) for part in block.parts)
        assert 8 * leading * looked_at <= 1.1 * blocks.LARGE_BYTES // size.threads
        assert leading * prod(axis.count for axis in block.axes) * 8 <= blocks.LARGE_BYTES
    assert outputs == images * channels * prod(axis.count for axis in axes)
