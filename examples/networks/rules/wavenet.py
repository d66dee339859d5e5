"""One stack of WaveNet: ten dilated convolutions that depend on 1,024 samples and on no later ones.

van den Oord and others, "WaveNet: A Generative Model for Raw Audio", 2016. The input is a second of sound at 16 kHz,
each sample one of 256 levels. Widths and the names of the convolutions are those of vincentherrmann/pytorch-wavenet;
padding before each convolution keeps it from reading later samples. The last layer has no residual, because nothing
would use it.
"""

from collections.abc import Iterator

from rules.layers import Body, Layer, body, convolution, merge, relu

DILATIONS = tuple(2**power for power in range(10))
LEVELS = 256
RESIDUAL, SKIP = 32, 256
"""Channels from layer to layer, and from each layer to the end."""


def wavenet() -> Body:
    """The whole stack."""
    return body((1, LEVELS, 16_000), layers())


def layers() -> Iterator[Layer]:
    """The levels as channels, ten gated layers, and the sum of their skips turned back into levels."""
    yield along_one_axis(convolution("start_conv", LEVELS, RESIDUAL, 1))
    before = "start_conv"
    for index, dilation in enumerate(DILATIONS):
        yield from gated(index, before, dilation)
        if dilation != DILATIONS[-1]:
            yield along_one_axis(
                convolution(f"residual_convs.{index}", RESIDUAL, RESIDUAL, 1, inputs=[f"multiply.{index}"])
            )
            yield merge(f"add.{index}", "add", [before, f"residual_convs.{index}"])
        before = f"add.{index}"
    yield merge("skip", "add", [f"skip_convs.{index}" for index in range(len(DILATIONS))])
    yield relu("relu")
    yield along_one_axis(convolution("end_conv_1", SKIP, SKIP, 1, bias=True))
    yield relu("relu_1")
    yield along_one_axis(convolution("end_conv_2", SKIP, LEVELS, 1, bias=True))


def gated(index: int, before: str, dilation: int) -> Iterator[Layer]:
    """A convolution of the current sample and the one `dilation` earlier, times a gate with the same inputs."""
    yield {"name": f"pad.{index}", "type": "pad", "padding": [[dilation, 0]], "inputs": [before]}
    for part, activation in (("filter", "tanh"), ("gate", "sigmoid")):
        name, inputs = f"{part}_convs.{index}", [f"pad.{index}"]
        yield along_one_axis(convolution(name, RESIDUAL, RESIDUAL, 2, dilation=dilation, inputs=inputs))
        yield {"name": f"{activation}.{index}", "type": activation}
    yield merge(f"multiply.{index}", "multiply", [f"tanh.{index}", f"sigmoid.{index}"])
    yield along_one_axis(convolution(f"skip_convs.{index}", RESIDUAL, SKIP, 1))


def along_one_axis(layer: Layer) -> Layer:
    """The same convolution along one axis."""
    return {**layer, "type": "conv1d"}
