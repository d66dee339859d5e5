"""What does not travel: the weights of ONNX files."""

from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from padstride import Client, Model


@pytest.fixture
def heavy(tmp_path: Path) -> Path:
    """A convolution with a megabyte of weights, and a reshape whose target is a small initializer."""
    import numpy as np

    weight = numpy_helper.from_array(np.zeros((256, 128, 3, 3), np.float32), "weight")
    target = numpy_helper.from_array(np.array([1, -1]), "target")
    nodes = [
        helper.make_node("Conv", ["image", "weight"], ["features"]),
        helper.make_node("Reshape", ["features", "target"], ["flat"]),
    ]
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 128, 8, 8])
    flat = helper.make_tensor_value_info("flat", TensorProto.FLOAT, None)
    path = tmp_path / "heavy.onnx"
    onnx.save(helper.make_model(helper.make_graph(nodes, "heavy", [image], [flat], [weight, target])), path)
    return path


def test_large_weights_stay_here_and_change_no_answer(heavy: Path, client: Client) -> None:
    model = Model.of_file(heavy)
    whole = Model(name="heavy.onnx", data=heavy.read_bytes())
    assert model.data is not None
    assert len(model.data) < 10_000 < 1_000_000 < heavy.stat().st_size
    assert client.validate(model).model_dump() == client.validate(whole).model_dump()
    assert client.validate(model).output_shape == [1, 256 * 36]
