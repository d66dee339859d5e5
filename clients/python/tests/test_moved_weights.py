"""Trained arrays brought into a translation."""

import numpy as np
import pytest
from padstride import Client, moved_weights

LAYERS = [
    {"name": "conv", "type": "conv2d", "out_channels": 6, "kernel_size": [3, 2], "groups": 3, "bias": False},
    {"name": "act", "type": "prelu", "num_parameters": 6},
]


def test_arrays_arrive_with_their_axes_in_order(client: Client) -> None:
    """A kernel that is applied to one channel: the number stands where Keras has it."""
    answer = client.write(LAYERS, format="keras", input_shape=[1, 3, 8, 8])
    weight = np.arange(36.0).reshape(6, 1, 3, 2)
    moved = moved_weights({"conv.weight": weight, "act.weight": np.arange(6.0), "conv.count": 1}, answer)
    assert [(name, array.shape) for name, array in moved.items()] == [
        ("conv/kernel", (3, 2, 3, 2)),
        ("act/alpha", (1, 1, 6)),
    ]
    for channel in range(3):
        for output in range(2):
            assert np.array_equal(moved["conv/kernel"][:, :, channel, output], weight[2 * channel + output, 0])


def test_what_is_missing_is_said(client: Client) -> None:
    answer = client.write(LAYERS, format="keras", input_shape=[1, 3, 8, 8])
    with pytest.raises(KeyError, match=r"conv\.weight"):
        moved_weights({}, answer)
    with pytest.raises(ValueError, match="reshape"):
        moved_weights({"conv.weight": np.zeros(5), "act.weight": np.zeros(6)}, answer)
    onnx = client.write(LAYERS, format="keras", input_shape=[1, 3, 8, 8], framework="onnx")
    with pytest.raises(ValueError, match="no places"):
        moved_weights({}, onnx)
