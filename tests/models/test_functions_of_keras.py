"""Functions of `keras.ops` in source: what comes out of them."""

import pytest

from service.operations.validate_network import OPERATION

SOURCE = """
import keras
from keras import layers, ops

inputs = keras.Input((8, 8, 3))
x = inputs * 1.5
model = keras.Model(inputs, {call})
"""
CALLS = {
    "ops.max_pool(x, 2)": [None, 4, 4, 3],
    "ops.max_pool(x, (3, 2), strides=1, padding='same')": [None, 8, 8, 3],
    "ops.average_pool(x, (2, 2), strides=2, padding='same')": [None, 4, 4, 3],
    "ops.swish(x)": [None, 8, 8, 3],
    "ops.pad(x, [[0, 0], [1, 1], [2, 0], [0, 0]], mode='reflect')": [None, 10, 10, 3],
    "ops.pad(x, ((0, 0), (1, 1), (2, 0), (0, 1)), constant_values=1.0)": [None, 10, 10, 4],
}
"""Each call with the shape that Keras 3.15.1 gave."""


@pytest.mark.parametrize("call", CALLS)
def test_what_comes_out_is_what_keras_says(call: str) -> None:
    report = OPERATION.respond({"model": {"source": SOURCE.format(call=call)}})
    assert report["diagnostics"] == []
    assert report["output_shape"] == tuple(CALLS[call])


def test_a_window_that_does_not_fit_is_told() -> None:
    report = OPERATION.respond({"model": {"source": SOURCE.format(call="ops.max_pool(x, 9)")}})
    assert [each["name"] for each in report["diagnostics"]] == ["kernel-larger-than-input"]
