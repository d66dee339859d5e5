"""Layers of well-known networks, and how each library computes them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import Any, ClassVar

import numpy as np

Shape = tuple[int, ...]
Computation = Callable[[], Any]


@dataclass(frozen=True)
class Convolution:
    """A convolution with the same parameters on every axis."""

    kind: ClassVar[str] = "convolutions"

    name: str
    source: Shape
    weight: Shape
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    groups: int = 1
    transposes: bool = False

    @property
    def rank(self) -> int:
        """Spatial axes."""
        return len(self.source) - 2

    @property
    def posted(self) -> dict[str, Any]:
        """The layer as a request describes it."""
        return {
            "type": f"conv{'_transpose' * self.transposes}{self.rank}d",
            "stride": self.stride,
            "padding": self.padding,
            "dilation": self.dilation,
            "groups": self.groups,
        }

    def pytorch(self, functional: Any, source: Any, weight: Any) -> Computation:
        """PyTorch's computation."""
        last = (0, self.groups, self.dilation) if self.transposes else (self.dilation, self.groups)
        return partial(getattr(functional, self.posted["type"]), source, weight, None, self.stride, self.padding, *last)

    @property
    def onnx(self) -> tuple[str, Mapping[str, Any]]:
        """ONNX's operator and its attributes."""
        return "ConvTranspose" if self.transposes else "Conv", {
            "strides": [self.stride] * self.rank,
            "pads": [self.padding] * 2 * self.rank,
            "dilations": [self.dilation] * self.rank,
            "group": self.groups,
        }

    def scipy(self, signal: Any, source: Any, weight: Any) -> Computation | None:
        """scipy.signal's correlation, channel by channel; None where it has no such layer or takes too long."""
        windows = [(size + 2 * self.padding) // self.stride for size in self.source[2:]]
        work = self.source[0] * prod(windows) * prod(self.weight)
        if self.transposes or self.groups > 1 or self.dilation > 1 or work > 10**8:
            return None
        padded = np.pad(source, [(0, 0), (0, 0), *([(self.padding,) * 2] * self.rank)])
        steps = (slice(None, None, self.stride),) * self.rank
        return lambda: [[signal.correlate(image, kernel, "valid")[0][steps] for kernel in weight] for image in padded]


@dataclass(frozen=True)
class Pool:
    """A pool with the same parameters on every axis; with kernel 0 over everything, or to `output` windows."""

    kind: ClassVar[str] = "pools"
    weight: ClassVar[None] = None

    name: str
    family: str
    source: Shape
    kernel: int = 0
    stride: int = 0
    padding: int = 0
    counts_padding: bool = True
    output: int = 0

    @property
    def rank(self) -> int:
        """Spatial axes."""
        return len(self.source) - 2

    @property
    def posted(self) -> dict[str, Any]:
        """The layer as a request describes it."""
        if not self.kernel:
            return {"type": f"adaptive_{self.family}_pool{self.rank}d", "output_size": self.output or 1}
        layer = {"type": f"{self.family}_pool{self.rank}d", "kernel_size": self.kernel, "stride": self.stride}
        own: dict[str, dict[str, Any]] = {
            "max": {"padding": self.padding},
            "avg": {"padding": self.padding, "count_include_pad": self.counts_padding},
            "lp": {"norm_type": 2.0},
        }
        return {**layer, **own[self.family]}

    def pytorch(self, functional: Any, source: Any, weight: Any) -> Computation:
        """PyTorch's computation."""
        function = getattr(functional, self.posted["type"])
        if not self.kernel:
            return partial(function, source, self.output or 1)
        if self.family == "lp":
            return partial(function, source, 2.0, self.kernel, self.stride)
        counts = {"count_include_pad": self.counts_padding} if self.family == "avg" else {}
        return partial(function, source, self.kernel, self.stride, self.padding, **counts)

    @property
    def onnx(self) -> tuple[str, Mapping[str, Any]] | None:
        """ONNX's operator and its attributes; None where it has none, as for a given number of windows."""
        name = {"max": "MaxPool", "avg": "AveragePool", "lp": "LpPool"}[self.family]
        if not self.kernel:
            return None if self.output else (f"Global{name}", {})
        attributes = {
            "kernel_shape": [self.kernel] * self.rank,
            "strides": [self.stride] * self.rank,
            "pads": [self.padding] * 2 * self.rank,
        }
        return name, {**attributes, **({"count_include_pad": self.counts_padding} if self.family == "avg" else {})}

    def scipy(self, signal: Any, source: Any, weight: Any) -> None:
        """scipy.signal has no pools."""


LAYERS: Sequence[Convolution | Pool] = [
    Convolution("LeNet 5x5, first", (1, 1, 32, 32), (6, 1, 5, 5)),
    Convolution("LeNet 5x5, batch of 64", (64, 1, 32, 32), (6, 1, 5, 5)),
    Convolution("LeNet 5x5, second, of 64", (64, 6, 14, 14), (16, 6, 5, 5)),
    Convolution("AlexNet 11x11/4", (1, 3, 224, 224), (64, 3, 11, 11), 4, 2),
    Convolution("AlexNet 5x5", (1, 64, 27, 27), (192, 64, 5, 5), 1, 2),
    Convolution("VGG 3x3, 64 at 224", (1, 64, 224, 224), (64, 64, 3, 3), 1, 1),
    Convolution("VGG 3x3, 256 at 56", (1, 256, 56, 56), (256, 256, 3, 3), 1, 1),
    Convolution("ResNet 7x7/2", (1, 3, 224, 224), (64, 3, 7, 7), 2, 3),
    Convolution("ResNet 3x3, 64 at 56", (1, 64, 56, 56), (64, 64, 3, 3), 1, 1),
    Convolution("ResNet 3x3, 128 at 28", (1, 128, 28, 28), (128, 128, 3, 3), 1, 1),
    Convolution("ResNet 3x3, 256 at 14", (1, 256, 14, 14), (256, 256, 3, 3), 1, 1),
    Convolution("ResNet 3x3, 512 at 7", (1, 512, 7, 7), (512, 512, 3, 3), 1, 1),
    Convolution("ResNet 3x3/2, 128 at 56", (1, 128, 56, 56), (128, 128, 3, 3), 2, 1),
    Convolution("ResNet 1x1, 64 to 256", (1, 64, 56, 56), (256, 64, 1, 1)),
    Convolution("ResNet 1x1, 512 to 2048", (1, 512, 7, 7), (2048, 512, 1, 1)),
    Convolution("ResNet 1x1/2, 256 to 512", (1, 256, 56, 56), (512, 256, 1, 1), 2),
    Convolution("ResNeXt 3x3, 32 groups", (1, 128, 56, 56), (128, 4, 3, 3), 1, 1, 1, 32),
    Convolution("MobileNet depthwise, 32", (1, 32, 112, 112), (32, 1, 3, 3), 1, 1, 1, 32),
    Convolution("MobileNet depthwise/2, 64", (1, 64, 112, 112), (64, 1, 3, 3), 2, 1, 1, 64),
    Convolution("MobileNet depthwise, 512", (1, 512, 14, 14), (512, 1, 3, 3), 1, 1, 1, 512),
    Convolution("dilated 3x3, 128 at 32", (1, 128, 32, 32), (128, 128, 3, 3), 1, 4, 4),
    Convolution("sound, 10/5 of 160,000", (1, 1, 160_000), (512, 1, 10), 5),
    Convolution("sound, 2 dilated by 16", (1, 64, 16_000), (64, 64, 2), 1, 0, 16),
    Convolution("video, 3 to 64", (1, 3, 16, 56, 56), (64, 3, 3, 3, 3), 1, 1),
    Convolution("video, 64", (1, 64, 8, 28, 28), (64, 64, 3, 3, 3), 1, 1),
    Convolution("31x31 depthwise", (1, 128, 56, 56), (128, 1, 31, 31), 1, 15, 1, 128),
    Convolution("31x31, 3 to 8", (1, 3, 128, 128), (8, 3, 31, 31), 1, 15),
    Convolution("DCGAN, 100 to 1024", (1, 100, 1, 1), (100, 1024, 4, 4), transposes=True),
    Convolution("DCGAN, 512 to 256", (1, 512, 8, 8), (512, 256, 4, 4), 2, 1, transposes=True),
    Convolution("DCGAN, 128 to 3", (1, 128, 32, 32), (128, 3, 4, 4), 2, 1, transposes=True),
    Pool("LeNet mean 2x2/2, of 64", "avg", (64, 6, 28, 28), 2, 2),
    Pool("AlexNet max 3x3/2", "max", (1, 64, 55, 55), 3, 2),
    Pool("VGG max 2x2/2, 64 at 224", "max", (1, 64, 224, 224), 2, 2),
    Pool("VGG max 2x2/2, 512 at 14", "max", (1, 512, 14, 14), 2, 2),
    Pool("ResNet max 3x3/2", "max", (1, 64, 112, 112), 3, 2, 1),
    Pool("Inception mean 3x3", "avg", (1, 192, 35, 35), 3, 1, 1),
    Pool("the same, padding left out", "avg", (1, 192, 35, 35), 3, 1, 1, counts_padding=False),
    Pool("sound, max 4/4", "max", (1, 128, 16_000), 4, 4),
    Pool("video, max 2x2x2/2", "max", (1, 64, 16, 56, 56), 2, 2),
    Pool("root of squares 2x2/2", "lp", (1, 64, 56, 56), 2, 2),
    Pool("ResNet mean of 7x7", "avg", (1, 2048, 7, 7)),
    Pool("ResNet mean of 7x7, of 32", "avg", (32, 512, 7, 7)),
    Pool("VGG mean of 14x14 in 7x7", "avg", (1, 512, 14, 14), output=7),
]
