"""What does not travel: the numbers of weights, wherever a file has them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import onnx
import pytest
from conftest import PROJECT
from onnx import TensorProto, helper, numpy_helper
from padstride import Client, Model, PadstrideError

Graph = onnx.GraphProto
MARK = 1.2345678
"""A weight that must not be found in what is sent."""
WEIGHT = np.full((64, 3, 7, 7), MARK, np.float32)
CONV = helper.make_node("Conv", ["image", "weight"], ["features"])
IMAGE = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 64, 64])
FEATURES = helper.make_tensor_value_info("features", TensorProto.FLOAT, None)


def _graph(nodes: Sequence[onnx.NodeProto], held: Sequence[onnx.TensorProto] = ()) -> Graph:
    return helper.make_graph(list(nodes), "g", [IMAGE], [FEATURES], list(held))


def _constant(**value: object) -> onnx.NodeProto:
    return helper.make_node("Constant", [], ["weight"], **value)


def _branch(name: str) -> Graph:
    held = [numpy_helper.from_array(WEIGHT, f"{name}_weight")]
    node = helper.make_node("Conv", ["image", f"{name}_weight"], [name])
    return helper.make_graph([node], name, [], [helper.make_tensor_value_info(name, TensorProto.FLOAT, None)], held)


def _raw() -> Graph:
    return _graph([CONV], [numpy_helper.from_array(WEIGHT, "weight")])


def _listed() -> Graph:
    return _graph([CONV], [helper.make_tensor("weight", TensorProto.FLOAT, WEIGHT.shape, WEIGHT.ravel().tolist())])


def _constant_tensor() -> Graph:
    return _graph([_constant(value=numpy_helper.from_array(WEIGHT, "value")), CONV])


def _constant_list() -> Graph:
    shape = numpy_helper.from_array(np.array(WEIGHT.shape), "shape")
    flat = helper.make_node("Constant", [], ["flat"], value_floats=WEIGHT.ravel().tolist())
    return _graph([flat, helper.make_node("Reshape", ["flat", "shape"], ["weight"]), CONV], [shape])


def _branches() -> Graph:
    branches = {"then_branch": _branch("yes"), "else_branch": _branch("no")}
    node = helper.make_node("If", ["condition"], ["features"], **branches)
    return _graph([node], [numpy_helper.from_array(np.array(True), "condition")])


def _quantised() -> Graph:
    kernel = numpy_helper.from_array(np.full(WEIGHT.shape, 87, np.int8), "kernel")
    scale = numpy_helper.from_array(np.full(64, MARK, np.float32), "scale")
    node = helper.make_node("DequantizeLinear", ["kernel", "scale"], ["weight"], axis=0)
    return _graph([node, CONV], [kernel, scale])


def _function() -> onnx.ModelProto:
    opsets = [helper.make_opsetid("", 17)]
    body = [_constant(value=numpy_helper.from_array(WEIGHT, "value")), CONV]
    function = helper.make_function("mine", "Block", ["image"], ["features"], body, opsets)
    graph = _graph([helper.make_node("Block", ["image"], ["features"], domain="mine")])
    return helper.make_model(graph, functions=[function], opset_imports=[*opsets, helper.make_opsetid("mine", 1)])


def _model(graph: Graph) -> onnx.ModelProto:
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])


@pytest.mark.parametrize(
    "graph", [_raw, _listed, _constant_tensor, _constant_list, _branches, _quantised], ids=lambda make: make.__name__
)
def test_weights_stay_here_wherever_they_are(graph: Callable[[], Graph], tmp_path: Path, client: Client) -> None:
    _assert_weights_stay(_model(graph()), tmp_path, client)


def test_weights_of_a_function_stay_here(tmp_path: Path, client: Client) -> None:
    _assert_weights_stay(_function(), tmp_path, client)


def _assert_weights_stay(model: onnx.ModelProto, folder: Path, client: Client) -> None:
    path = folder / "Heavy.ONNX"
    onnx.save(model, path)
    sent = Model.of_file(path)
    whole = Model(name=path.name, data=path.read_bytes())
    assert sent.data is not None
    assert whole.data is not None
    for number in (np.float32(MARK).tobytes() * 2, bytes([87]) * 9):
        assert number not in sent.data
    assert len(sent.data) < 2000 < 9000 < len(whole.data)
    answer = client.validate(sent)
    assert answer.model_dump() == client.validate(whole).model_dump()
    assert answer.output_shape == [1, 64, 58, 58]


def test_numbers_that_sizes_depend_on_travel(tmp_path: Path, client: Client) -> None:
    """A shape, and the factors of a resize: integers and fractions."""
    target = numpy_helper.from_array(np.array([1, -1]), "target")
    factors = numpy_helper.from_array(np.array([1, 1, 2, 0.5], np.float32), "factors")
    nodes = [
        helper.make_node("Resize", ["image", "", "factors"], ["resized"]),
        helper.make_node("Reshape", ["resized", "target"], ["features"]),
    ]
    path = tmp_path / "sizes.onnx"
    onnx.save(_model(_graph(nodes, [target, factors])), path)
    assert Model.of_file(path).data == path.read_bytes()
    assert client.validate(Model.of_file(path)).output_shape == [1, 3 * 128 * 32]


def test_a_model_is_judged_the_same_without_its_weights(client: Client) -> None:
    path = PROJECT / "examples/models/segmenter.onnx"
    whole = Model(name=path.name, data=path.read_bytes())
    assert client.validate(Model.of_file(path)).model_dump() == client.validate(whole).model_dump()


@pytest.mark.parametrize("ending", [".onnx", ".keras", ".pt2"])
def test_a_damaged_file_is_not_sent_whole(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"model{ending}"
    if ending == ".onnx":
        onnx.save(_model(_raw()), path)
    else:
        with ZipFile(path, "w") as file:
            file.writestr("model.weights.h5", WEIGHT.tobytes())
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(PadstrideError, match=f"is no {'ONNX' if ending == '.onnx' else ending} file"):
        Model.of_file(path)
