"""One stack of WaveNet: ten dilated convolutions that see 1,024 samples and none that come later.

van den Oord and others, "WaveNet: A Generative Model for Raw Audio", 2016. The input is a second of sound at 16 kHz,
each sample one of 256 levels. Widths and the names of the convolutions are those of vincentherrmann/pytorch-wavenet;
what a convolution would see of the future is padded away before it. The last layer's residual goes nowhere, so it has
none.
"""

from collections.abc import Iterator

from rules.layers import Body, Layer, body, convolution, merged, relu

DILATIONS = tuple(2**power for power in range(10))
LEVELS = 256
RESIDUAL, SKIP = 32, 256
"""Channels that pass from layer to layer, and from each layer to the end."""


def wavenet() -> Body:
    """The whole stack."""
    return body((1, LEVELS, 16_000), layers())


def layers() -> Iterator[Layer]:
    """The levels as channels, ten gated layers, and the sum of their skips as levels again."""
    yield sound(convolution("start_conv", LEVELS, RESIDUAL, 1))
    before = "start_conv"
    for index, dilation in enumerate(DILATIONS):
        yield from gated(index, before, dilation)
        if dilation != DILATIONS[-1]:
            yield sound(convolution(f"residual_convs.{index}", RESIDUAL, RESIDUAL, 1, inputs=[f"multiply.{index}"]))
            yield merged(f"add.{index}", "add", [before, f"residual_convs.{index}"])
        before = f"add.{index}"
    yield merged("skip", "add", [f"skip_convs.{index}" for index in range(len(DILATIONS))])
    yield relu("relu")
    yield sound(convolution("end_conv_1", SKIP, SKIP, 1, bias=True))
    yield relu("relu_1")
    yield sound(convolution("end_conv_2", SKIP, LEVELS, 1, bias=True))


def gated(index: int, before: str, dilation: int) -> Iterator[Layer]:
    """What was there `dilation` samples ago and what is there now, times a gate that sees the same."""
    yield {"name": f"pad.{index}", "type": "pad", "padding": [[dilation, 0]], "inputs": [before]}
    for part, activation in (("filter", "tanh"), ("gate", "sigmoid")):
        name, inputs = f"{part}_convs.{index}", [f"pad.{index}"]
        yield sound(convolution(name, RESIDUAL, RESIDUAL, 2, dilation=dilation, inputs=inputs))
        yield {"name": f"{activation}.{index}", "type": activation}
    yield merged(f"multiply.{index}", "multiply", [f"tanh.{index}", f"sigmoid.{index}"])
    yield sound(convolution(f"skip_convs.{index}", RESIDUAL, SKIP, 1))


def sound(layer: Layer) -> Layer:
    """The same convolution along one axis."""
    return {**layer, "type": "conv1d"}
