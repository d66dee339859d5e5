"""Files that are broken or made to do harm: refused with a reason, and never anything else."""

import random
from collections.abc import Sequence

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from service.models.formats import formats
from service.models.onnx_graph.wire import stripped
from service.models.posted import PostedModel, ReadingLimits
from service.models.reading import ModelLimitError, UnreadableModelError
from tests.effort import hang_guard
from tests.models.onnx_models import BUILT, integers, number
from tests.models.onnx_reading import errors_of, judged, read

FLOAT, INT64 = onnx.TensorProto.FLOAT, onnx.TensorProto.INT64
SEED = 7
MUTATIONS = 40
"""Broken forms of each small model."""


def model_of(
    nodes: Sequence[onnx.NodeProto],
    weights: dict[str, np.ndarray] | None = None,
    shape: Sequence[int | str | None] | None = (2, 3),
    output: str | None = None,
    **members: object,
) -> onnx.ModelProto:
    """A model with one input `x`."""
    held = [numpy_helper.from_array(array, name) for name, array in (weights or {}).items()]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", FLOAT, shape)],
        [helper.make_tensor_value_info(output or nodes[-1].output[0], FLOAT, None)],
        held,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], **members)


def varint(value: int) -> bytes:
    """An integer as protobuf writes it."""
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])


def test_bytes_that_are_no_model_are_not_recognised() -> None:
    recognises = formats()["onnx"].recognises
    assert recognises(PostedModel(data=BUILT["gelu"].model.SerializeToString()))
    for data in (b"", b"PK\x03\x04", b"import torch\n", b"{}", b"\x00" * 100, b"\xff" * 100):
        assert not recognises(PostedModel(data=data))
    assert not recognises(PostedModel(files={"": "x = 1"}))


@pytest.mark.parametrize("name", BUILT)
def test_a_file_that_ends_early_is_refused(name: str) -> None:
    data = BUILT[name].model.SerializeToString()
    with pytest.raises(UnreadableModelError, match=r"no ONNX model|has no graph"):
        read(data[: len(data) // 2])


def test_mutated_files_are_read_or_refused() -> None:
    """Bytes changed, cut, doubled and put in, with a fixed seed."""
    rng, outcomes = random.Random(SEED), {"read": 0, "refused": 0}
    for built in BUILT.values():
        data = built.model.SerializeToString()
        for _ in range(MUTATIONS):
            try:
                judged(read(_mutated(data, rng)).network)
                outcomes["read"] += 1
            except UnreadableModelError:
                outcomes["refused"] += 1
    assert min(outcomes.values()) > MUTATIONS


def _mutated(data: bytes, rng: random.Random) -> bytes:
    broken = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at, length = rng.randrange(len(broken)), rng.randint(1, 8)
        kind = rng.randrange(5)
        if kind == 0:
            broken[at] = rng.randrange(256)
        elif kind == 1:
            del broken[at : at + length]
        elif kind == 2:
            broken[at:at] = broken[at : at + length * 8]
        elif kind == 3:
            broken[at:at] = rng.randbytes(length)
        else:
            broken[at] ^= 1 << rng.randrange(8)
    return bytes(broken) or b"\x08"


def test_mutated_graphs_are_read_or_refused() -> None:
    """Attributes, names and sizes changed in a model that can be parsed."""
    rng, outcomes = random.Random(SEED), {"read": 0, "refused": 0}
    for built in BUILT.values():
        for _ in range(MUTATIONS):
            model = built.model
            for _ in range(rng.randint(1, 3)):
                spoil(model, rng)
            try:
                judged(read(model.SerializeToString(), built.inputs).network)
                outcomes["read"] += 1
            except UnreadableModelError:
                outcomes["refused"] += 1
    assert min(outcomes.values()) > MUTATIONS


ABSURD = (0, -1, 1, 3, 2**31, 2**62, -(2**63), 2**63 - 1)


def spoil(model: onnx.ModelProto, rng: random.Random) -> None:
    nodes = model.graph.node
    node = rng.choice(nodes)
    names = [name for other in nodes for name in (*other.input, *other.output)]
    kind = rng.randrange(7)
    if kind == 0 and node.input:
        node.input[rng.randrange(len(node.input))] = rng.choice(names)
    elif kind == 1 and node.attribute:
        attribute = rng.choice(node.attribute)
        attribute.i = rng.choice(ABSURD)
        if attribute.ints:
            attribute.ints[rng.randrange(len(attribute.ints))] = rng.choice(ABSURD)
    elif kind == 2:
        node.op_type = rng.choice([*(other.op_type for other in nodes), "Reshape", "Slice", "Loop", "Tile", "?"])
    elif kind == 3 and model.graph.initializer:
        tensor = rng.choice(model.graph.initializer)
        if tensor.dims:
            tensor.dims[rng.randrange(len(tensor.dims))] = rng.choice(ABSURD)
    elif kind == 4 and node.input:
        del node.input[-1]
    elif kind == 5 and (integral := [tensor for tensor in model.graph.initializer if tensor.data_type == INT64]):
        tensor = rng.choice(integral)
        tensor.raw_data = rng.choice(ABSURD[:4] + ABSURD[5:]).to_bytes(8, "little", signed=True) * (
            len(tensor.raw_data) // 8
        )
    else:
        node.attribute.append(helper.make_attribute(rng.choice(["axis", "shape", "to", "perm", "group"]), [1, 2**40]))


def test_a_length_beyond_the_file_is_refused() -> None:
    with pytest.raises(UnreadableModelError, match="ends beyond the file"):
        read(b"\x08\x0a" + b"\x3a" + varint(2**40) + b"abc")


def test_messages_that_nest_without_end_are_refused() -> None:
    """Graphs in attributes in nodes in graphs, ten thousand of them, and none too short to be looked into."""
    data = b""
    for _ in range(10_000):
        attribute = b"\x0a\x01g\x32" + varint(len(data)) + data
        node = b"\x2a" + varint(len(attribute)) + attribute
        data = b"\x0a" + varint(len(node)) + node
    with pytest.raises(UnreadableModelError):
        read(b"\x08\x0a\x3a" + varint(len(data)) + data)


def test_more_nodes_than_allowed_are_refused_before_they_are_parsed() -> None:
    node = b"\x0a\x04\x22\x02Up"
    with pytest.raises(ModelLimitError) as caught:
        read(b"\x08\x0a\x3a" + varint(len(node) * 1_000_000) + node * 1_000_000)
    assert caught.value.limit == "max_model_nodes"


def test_more_weights_than_allowed_are_refused() -> None:
    model = model_of([helper.make_node("Relu", ["x"], ["y"])], {f"w{i}": number(1) for i in range(600)})
    with pytest.raises(ModelLimitError) as caught:
        read(model.SerializeToString(), limits=ReadingLimits(max_model_tensors=500))
    assert caught.value.limit == "max_model_tensors"


def test_a_file_of_tiny_fields_is_refused() -> None:
    with pytest.raises(ModelLimitError) as caught:
        read(b"\x08\x0a" * 3_000_000)
    assert caught.value.limit == "max_model_steps"


def test_a_large_structure_is_refused() -> None:
    model = model_of([helper.make_node("Relu", ["x"], ["y"])], {f"w{i}": np.zeros(900, np.float32) for i in range(50)})
    with pytest.raises(ModelLimitError) as caught:
        read(model.SerializeToString(), limits=ReadingLimits(max_unpacked_bytes=100_000))
    assert caught.value.limit == "max_unpacked_bytes"


def test_a_model_that_is_too_large_is_refused() -> None:
    with pytest.raises(ModelLimitError) as caught:
        read(BUILT["gelu"].model.SerializeToString(), limits=ReadingLimits(max_model_bytes=100))
    assert caught.value.limit == "max_model_bytes"


def test_weights_are_not_kept() -> None:
    model = model_of([helper.make_node("MatMul", ["x", "w"], ["y"])], {"w": np.ones((3, 1_000_000), np.float32)})
    data = model.SerializeToString()
    assert len(data) > 12_000_000
    assert len(stripped(data, ReadingLimits())) < 1000
    [layer] = read(data).network["layers"]
    assert (layer["in_features"], layer["out_features"]) == (3, 1_000_000)


def test_nodes_in_a_circle_are_refused() -> None:
    nodes = [helper.make_node("Add", ["x", "b"], ["a"]), helper.make_node("Relu", ["a"], ["b"])]
    with pytest.raises(UnreadableModelError, match="own output") as caught:
        read(model_of(nodes).SerializeToString())
    assert caught.value.place is not None


def test_nodes_in_any_order_are_read() -> None:
    nodes = [helper.make_node("Relu", ["a"], ["b"]), helper.make_node("Tanh", ["x"], ["a"])]
    network = read(model_of(nodes, output="b").SerializeToString()).network
    assert [layer["type"] for layer in network["layers"]] == ["Tanh", "Relu"]


def test_two_nodes_that_make_one_tensor_are_refused() -> None:
    nodes = [helper.make_node("Tanh", ["x"], ["a"]), helper.make_node("Relu", ["x"], ["a"])]
    with pytest.raises(UnreadableModelError, match="two nodes make the tensor `a`"):
        read(model_of(nodes).SerializeToString())


def test_a_tensor_that_nothing_makes_is_named() -> None:
    with pytest.raises(UnreadableModelError, match="takes `nowhere`, which nothing makes"):
        read(model_of([helper.make_node("Add", ["x", "nowhere"], ["y"])]).SerializeToString())


@pytest.mark.parametrize("name", ["a:b", "名前", "x" * 5000, "\x00", " ", "input"])
def test_any_name_will_do(name: str) -> None:
    nodes = [helper.make_node("Relu", ["x"], [name]), helper.make_node("Tanh", [name], ["y"])]
    judgement = judged(read(model_of(nodes).SerializeToString()).network)
    assert errors_of(judgement) == []
    assert list((judgement.output_shapes or {}).values()) == [(2, 3)]


@pytest.mark.parametrize(
    ("operator", "sizes"),
    [("ConstantOfShape", (2**40,)), ("ConstantOfShape", (2**20, 2**20)), ("Expand", (2**40, 2, 3)),
     ("Tile", (2**40, 2**40)), ("Reshape", (2**62, 6)), ("ConstantOfShape", (-5,))],
)  # fmt: skip
def test_shapes_that_explode_are_not_computed(operator: str, sizes: tuple[int, ...]) -> None:
    inputs = ["s"] if operator == "ConstantOfShape" else ["x", "s"]
    nodes = [helper.make_node(operator, inputs, ["e"]), helper.make_node("Identity", ["e"], ["y"])]
    with hang_guard():
        judged(read(model_of(nodes, {"s": integers(*sizes)}).SerializeToString()).network)


def test_arithmetic_that_explodes_is_not_computed() -> None:
    """Squares of squares, ranges without end, quotients by 0."""
    nodes = [helper.make_node("Shape", ["x"], ["s0"])]
    nodes += [helper.make_node("Mul", [f"s{i}", f"s{i}"], [f"s{i + 1}"]) for i in range(40)]
    nodes += [
        helper.make_node("Range", ["zero", "most", "one"], ["r"]),
        helper.make_node("Div", ["s40", "zero"], ["q"]),
        helper.make_node("Reshape", ["x", "q"], ["y"]),
    ]
    weights = {"zero": number(0, np.int64), "most": number(2**62, np.int64), "one": number(1, np.int64)}
    judged(read(model_of(nodes, weights).SerializeToString()).network)


def test_functions_that_call_each_other_are_refused() -> None:
    call = helper.make_node("F", ["a"], ["b"], domain="own")
    function = helper.make_function("own", "F", ["a"], ["b"], [call], [helper.make_opsetid("own", 1)])
    model = model_of([helper.make_node("F", ["x"], ["y"], domain="own")], functions=[function])
    with pytest.raises(ModelLimitError) as caught:
        read(model.SerializeToString())
    assert caught.value.limit == "max_model_depth"


def test_functions_that_double_are_refused() -> None:
    """Thirty functions, each of which calls the next one twice: a billion nodes."""
    functions = []
    for level in range(30):
        nodes = [helper.make_node(f"F{level + 1}", [a], [b], domain="own") for a, b in (("a", "c"), ("c", "b"))]
        functions.append(helper.make_function("own", f"F{level}", ["a"], ["b"], nodes, [helper.make_opsetid("own", 1)]))
    model = model_of([helper.make_node("F0", ["x"], ["y"], domain="own")], functions=functions)
    limits = ReadingLimits(max_model_nodes=5000)
    with pytest.raises(ModelLimitError) as caught:
        read(model.SerializeToString(), limits=limits)
    assert caught.value.limit == "max_model_nodes"


def test_more_layers_than_allowed_are_refused() -> None:
    nodes = [helper.make_node("Relu", ["x" if not i else f"y{i - 1}"], [f"y{i}"]) for i in range(30)]
    with pytest.raises(ModelLimitError) as caught:
        read(model_of(nodes).SerializeToString(), limits=ReadingLimits(max_layers=20))
    assert caught.value.limit == "max_layers"


@pytest.mark.parametrize("opset", [1, 5, 99])
def test_operator_sets_that_are_not_known_are_refused(opset: int) -> None:
    model = model_of([helper.make_node("Relu", ["x"], ["y"])])
    model.opset_import[0].version = opset
    with pytest.raises(UnreadableModelError, match=f"operator set {opset}"):
        read(model.SerializeToString())


@pytest.mark.parametrize("shape", [(2**62, 3), (-1, 3), (0, 3), tuple(range(1, 12)), ("N", None), None, ()])
def test_inputs_of_any_declared_shape_are_read(shape: Sequence[int | str | None] | None) -> None:
    judgement = judged(
        read(model_of([helper.make_node("Relu", ["x"], ["y"])], shape=shape).SerializeToString()).network
    )
    assert errors_of(judgement) == []


def test_external_data_need_not_be_there() -> None:
    model = model_of([helper.make_node("MatMul", ["x", "w"], ["y"])], {"w": np.ones((3, 4), np.float32)})
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../secret.bin")
    judgement = judged(read(model.SerializeToString()).network)
    assert (judgement.valid, judgement.output_shape) == (True, (2, 4))
