"""Tasks of well-known layers."""

from typing import Any

import numpy as np

from service.core.convolve.kernels.task import Task


def task(
    source: tuple[int, ...],
    weight: tuple[int, ...],
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    groups: int = 1,
    dtype: Any = np.float32,
) -> Task:
    """A layer with normally distributed operands, whose sums are about 1."""
    numbers, rank = np.random.default_rng(7), len(source) - 2
    spans = [dilation * (size - 1) + 1 for size in weight[2:]]
    windows = [(size + 2 * padding - span) // stride + 1 for size, span in zip(source[2:], spans, strict=True)]
    return Task(
        source=numbers.standard_normal(source).astype(dtype),
        weight=(numbers.standard_normal(weight) / np.sqrt(np.prod(weight[1:]))).astype(dtype),
        out=np.empty((source[0], weight[0], *windows), dtype),
        firsts=(-padding,) * rank,
        strides=(stride,) * rank,
        dilations=(dilation,) * rank,
        dtype=np.dtype(dtype),
        groups=groups,
    )


KNOWN = {
    "LeNet, first": ("im2col", False, ((1, 1, 32, 32), (6, 1, 5, 5))),
    "AlexNet, first": ("im2col", False, ((1, 3, 224, 224), (64, 3, 11, 11), 4, 2)),
    "ResNet, first": ("im2col", False, ((1, 3, 224, 224), (64, 3, 7, 7), 2, 3)),
    "ResNet, 3x3": ("winograd_rows", False, ((1, 128, 28, 28), (128, 128, 3, 3), 1, 1)),
    "ResNet, 3x3, fast": ("winograd_rows", True, ((1, 128, 28, 28), (128, 128, 3, 3), 1, 1)),
    "VGG, fast": ("winograd_4x4", True, ((1, 256, 56, 56), (256, 256, 3, 3), 1, 1)),
    "ResNet, 3x3 at the end": ("im2col", True, ((1, 512, 7, 7), (512, 512, 3, 3), 1, 1)),
    "ResNet, 3x3 strided": ("im2col", True, ((1, 128, 56, 56), (128, 128, 3, 3), 2, 1)),
    "ResNet, 1x1": ("direct", False, ((1, 64, 56, 56), (256, 64, 1, 1))),
    "ResNet, 1x1 strided": ("im2col", False, ((1, 256, 56, 56), (512, 256, 1, 1), 2)),
    "MobileNet, depthwise": ("shifted", False, ((1, 32, 112, 112), (32, 1, 3, 3), 1, 1, 1, 32)),
    "VGG": ("winograd_rows", False, ((1, 256, 56, 56), (256, 256, 3, 3), 1, 1)),
    "a 31x31 kernel, depthwise": ("fft", False, ((1, 32, 56, 56), (32, 1, 31, 31), 1, 15, 1, 32)),
    "sound": ("im2col", False, ((1, 64, 4000), (64, 64, 2), 1, 0, 16)),
    "video": ("winograd_rows", False, ((1, 64, 8, 28, 28), (64, 64, 3, 3, 3), 1, 1)),
    "dilated": ("winograd_rows", False, ((1, 128, 32, 32), (128, 128, 3, 3), 1, 4, 4)),
}
"""By name: the algorithm that is fastest, whether it may be less exact, and the layer as `task` takes it."""
