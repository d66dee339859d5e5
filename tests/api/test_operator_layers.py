"""Operators, reductions, products and lookups in networks: shapes, costs, receptive fields, refusals, names."""

from typing import Any

import pytest

from tests.api.bad_input.samples import Answered, Document

NETWORK = "/v1/networks/validate"
Shapes = list[list[Any]]


def answer(answered: Answered, layer: Document, shapes: Shapes, framework: str = "pytorch") -> Document:
    """The document of a network of one layer with these inputs."""
    names = [f"x{position}" for position in range(len(shapes))]
    inputs = dict(zip(names, shapes, strict=True))
    layers = [{"name": "it", **layer, "inputs": names}]
    return answered(NETWORK, {"framework": framework, "inputs": inputs, "layers": layers})


def outputs(document: Document) -> Any:
    """The shapes that come out of the last layer."""
    layer = document["layers"][-1]
    return layer.get("output_shapes") or [layer["output_shape"]]


def found(document: Document) -> list[tuple[str, str]]:
    return [(diagnostic["name"], diagnostic["location"]) for diagnostic in document["diagnostics"]]


SOUND: list[tuple[str, Document, Shapes, Shapes]] = [
    ("pytorch", {"type": "subtract"}, [[2, 3, 4], [4]], [[2, 3, 4]]),
    ("pytorch", {"type": "subtract", "other": 1, "reversed": True}, [[2, 3]], [[2, 3]]),
    ("pytorch", {"type": "add", "value": 1.5}, [[2, 3]], [[2, 3]]),
    ("pytorch", {"type": "add", "inplace": True}, [[2, 3], [3]], [[2, 3]]),
    ("pytorch", {"type": "where"}, [[2, 1], [3], []], [[2, 3]]),
    ("pytorch", {"type": "clamp", "min": 0}, [[2, 3]], [[2, 3]]),
    ("pytorch", {"type": "sum", "dim": [1, -1]}, [[2, 3, 4]], [[2]]),
    ("pytorch", {"type": "mean"}, [[2, 3, 4]], [[]]),
    ("pytorch", {"type": "any", "dim": []}, [[2, 3]], [[2, 3]]),
    ("jax", {"type": "sum", "axis": []}, [[2, 3]], [[2, 3]]),
    ("onnx", {"type": "sum", "axes": [1]}, [[2, 3]], [[2, 1]]),
    ("onnx", {"type": "argmax"}, [[2, 3]], [[1, 3]]),
    ("pytorch", {"type": "max", "dim": 1}, [[2, 3, 4]], [[2, 4], [2, 4]]),
    ("pytorch", {"type": "max"}, [[2, 3, 4]], [[]]),
    ("pytorch", {"type": "topk", "k": 2}, [[2, 3, 4]], [[2, 3, 2], [2, 3, 2]]),
    ("pytorch", {"type": "sort"}, [[2, 3]], [[2, 3], [2, 3]]),
    ("jax", {"type": "sort"}, [[2, 3]], [[2, 3]]),
    ("pytorch", {"type": "glu", "dim": 1}, [[2, 6, 4]], [[2, 3, 4]]),
    ("pytorch", {"type": "cosine_similarity"}, [[2, 3, 4], [2, 3, 1]], [[2, 4]]),
    ("jax", {"type": "dot"}, [[2, 3, 4], [5, 4, 6]], [[2, 3, 5, 6]]),
    ("jax", {"type": "outer"}, [[2, 3], [4]], [[6, 4]]),
    ("pytorch", {"type": "tensordot", "dims": [[1, 2], [1, 0]]}, [[2, 3, 4], [4, 3, 5]], [[2, 5]]),
    ("keras", {"type": "batch_dot", "axes": [2, 1]}, [[2, 3, 4], [2, 4, 5]], [[2, 3, 5]]),
    ("pytorch", {"type": "embedding", "num_embeddings": 9, "embedding_dim": 4}, [[2, 7]], [[2, 7, 4]]),
    ("pytorch", {"type": "gather", "dim": 1}, [[2, 9], [2, 3]], [[2, 3]]),
    ("jax", {"type": "take", "dim": 1}, [[2, 9, 5], [3, 4]], [[2, 3, 4, 5]]),
    ("jax", {"type": "take", "dim": 1, "indices": 0}, [[2, 9, 5]], [[2, 5]]),
    ("onnx", {"type": "take"}, [[9, 5], [3]], [[3, 5]]),
    ("pytorch", {"type": "one_hot", "num_classes": 5}, [[2, 3]], [[2, 3, 5]]),
    ("pytorch", {"type": "one_hot", "num_classes": -1}, [[2, 3]], [[2, 3, None]]),
    ("onnx", {"type": "global_lp_pool"}, [[2, 3, 4, 5]], [[2, 3, 1, 1]]),
    ("keras", {"type": "softmax", "dim": [1, 2]}, [[2, 3, 4]], [[2, 3, 4]]),
]


@pytest.mark.parametrize(("framework", "layer", "shapes", "expected"), SOUND)
def test_what_comes_out(answered: Answered, framework: str, layer: Document, shapes: Shapes, expected: Shapes) -> None:
    document = answer(answered, layer, shapes, framework)
    assert document["valid"], document["diagnostics"]
    assert outputs(document) == expected


class TestBroadcasting:
    def test_keras_layers_align_behind_the_batch_and_its_functions_at_the_end(self, answered: Answered) -> None:
        shapes = [[2, 5, 6, 3], [2, 6, 3]]
        layer = answer(answered, {"type": "Multiply"}, shapes, "keras")
        assert outputs(layer) == [[2, 5, 6, 3]]
        function = answer(answered, {"type": "keras.ops.multiply"}, shapes, "keras")
        assert found(function) == [("branch-shape-mismatch", "/layers/0/inputs")]

    def test_keras_layers_stretch_no_batch(self, answered: Answered) -> None:
        document = answer(answered, {"type": "Subtract"}, [[1, 3], [4, 3]], "keras")
        assert found(document) == [("branch-shape-mismatch", "/layers/0/inputs")]
        assert answer(answered, {"type": "Subtract"}, [[None, 3], [4, 3]], "keras")["valid"]

    def test_an_unknown_size_is_that_of_the_others_if_it_is_above_1(self, answered: Answered) -> None:
        document = answer(answered, {"type": "add"}, [[None, 3, None], [2, None, 1]])
        assert outputs(document) == [[2, 3, None]]

    def test_a_result_in_place_has_the_shape_of_the_left_operand(self, answered: Answered) -> None:
        for layer in ({"type": "add", "inplace": True}, {"type": "operator.iadd"}, {"type": "Tensor.add_"}):
            document = answer(answered, layer, [[3], [2, 3]])
            assert [name for name, _ in found(document)] == ["in-place-changes-shape"]
            assert answer(answered, layer, [[2, 3], [3]])["valid"]
        assert answer(answered, {"type": "add", "inplace": True}, [[3], [2, 3]], "jax")["valid"]

    def test_a_number_stands_for_an_input(self, answered: Answered) -> None:
        assert found(answer(answered, {"type": "subtract"}, [[3]])) == [("missing-parameter", "/layers/0")]
        document = answer(answered, {"type": "subtract", "other": 1}, [[3], [3]])
        assert found(document) == [("wrong-number-of-inputs", "/layers/0/inputs")]

    def test_a_layer_with_a_number_takes_the_one_before(self, answered: Answered) -> None:
        layers = [{"type": "relu"}, {"type": "add", "other": 1}, {"type": "clamp", "max": 6}]
        document = answered(NETWORK, {"input_shape": [2, 3], "layers": layers})
        assert document["valid"]
        assert outputs(document) == [[2, 3]]


PRODUCTS: list[tuple[Document, Shapes, list[int], int]] = [
    ({"type": "matmul"}, [[2, 3, 4, 5], [3, 5, 6]], [2, 3, 4, 6], 2 * 3 * 4 * 6 * 5),
    ({"type": "matmul"}, [[5], [2, 5, 6]], [2, 6], 2 * 6 * 5),
    ({"type": "matmul"}, [[5], [5]], [], 5),
    ({"type": "bmm"}, [[2, 3, 4], [2, 4, 5]], [2, 3, 5], 2 * 3 * 5 * 4),
    ({"type": "addmm"}, [[5], [3, 4], [4, 5]], [3, 5], 3 * 5 * 4),
    ({"type": "gemm", "transB": True}, [[3, 4], [5, 4], [5]], [3, 5], 3 * 5 * 4),
    ({"type": "einsum", "equation": "b i d, b j d -> b i j"}, [[2, 3, 4], [2, 5, 4]], [2, 3, 5], 2 * 3 * 5 * 4),
    ({"type": "einsum", "equation": "...ij->...ji"}, [[2, 3, 4]], [2, 4, 3], 0),
    ({"type": "apply_linear"}, [[2, 7, 4], [6, 4], [6]], [2, 7, 6], 2 * 7 * 6 * 4),
    ({"type": "conv2d", "padding": 1, "groups": 2}, [[1, 4, 5, 7], [6, 2, 3, 3]], [1, 6, 5, 7],
     6 * 5 * 7 * 2 * 9),
    ({"type": "conv_transpose1d", "stride": 2}, [[1, 4, 5], [4, 3, 2], [3]], [1, 3, 10], 4 * 5 * 3 * 2),
]  # fmt: skip


class TestProducts:
    @pytest.mark.parametrize(("layer", "shapes", "expected", "macs"), PRODUCTS)
    def test_shape_and_multiply_accumulates(
        self, answered: Answered, layer: Document, shapes: Shapes, expected: list[int], macs: int
    ) -> None:
        document = answer(answered, layer, shapes)
        assert document["valid"], document["diagnostics"]
        assert outputs(document) == [expected]
        assert (document["layers"][0]["macs"], document["layers"][0]["parameters"]) == (macs, 0)

    def test_a_null_batch_counts_as_one(self, answered: Answered) -> None:
        document = answer(answered, {"type": "matmul"}, [[None, 3, 4], [None, 4, 5]])
        assert outputs(document) == [[None, 3, 5]]
        assert document["layers"][0]["macs"] == 3 * 5 * 4

    def test_inner_sizes_must_be_equal(self, answered: Answered) -> None:
        document = answer(answered, {"type": "matmul"}, [[2, 3, 4], [2, 5, 4]])
        assert found(document) == [("inner-size-mismatch", "/layers/0/inputs")]
        assert document["diagnostics"][0]["help"].startswith("transpose the last two axes of the second input")

    def test_einsum_is_read_as_the_framework_reads_it(self, answered: Answered) -> None:
        layer = {"type": "einsum", "equation": "ba"}
        assert outputs(answer(answered, layer, [[2, 3]])) == [[3, 2]]
        assert outputs(answer(answered, layer, [[2, 3]], "keras")) == [[2, 3]]
        stretched: tuple[Document, Shapes] = ({"type": "einsum", "equation": "ab,bc->ac"}, [[2, 1], [3, 4]])
        assert outputs(answer(answered, *stretched)) == [[2, 4]]
        assert found(answer(answered, *stretched, "keras")) == [("equation-mismatch", "/layers/0/equation")]

    def test_a_convolution_judges_the_weight_that_it_is_given(self, answered: Answered) -> None:
        names = [name for name, _ in found(answer(answered, {"type": "F.conv2d"}, [[1, 4, 5, 7], [6, 3, 3, 3]]))]
        assert names == ["input-shape-mismatch"]
        names = [name for name, _ in found(answer(answered, {"type": "F.conv2d"}, [[1, 4, 5, 7], [6, 4, 3]]))]
        assert names == ["input-shape-mismatch"]
        names = [name for name, _ in found(answer(answered, {"type": "F.linear"}, [[2, 5], [6, 4]]))]
        assert names == ["feature-mismatch"]


class TestReceptiveFields:
    def field(self, answered: Answered, layer: Document) -> Any:
        document = answered(NETWORK, {"input_shape": [1, 3, 8, 6], "layers": [layer]})
        return document["layers"][0]["receptive_field"]

    def test_a_mean_over_the_spatial_axes_is_a_global_pool(self, answered: Answered) -> None:
        pool = self.field(answered, {"type": "global_avg_pool2d"})
        for layer in ({"type": "mean", "dim": [2, 3]}, {"type": "mean", "dim": [-1, -2], "keepdims": True}):
            assert self.field(answered, layer) == pool

    def test_a_maximum_over_channels_keeps_positions(self, answered: Answered) -> None:
        assert self.field(answered, {"type": "amax", "dim": 1, "keepdims": True})["size"] == [1, 1]

    def test_a_reduction_of_one_axis_leaves_the_other(self, answered: Answered) -> None:
        assert self.field(answered, {"type": "sum", "dim": 2, "keepdims": True})["size"] == [8, 1]

    def test_a_convolution_of_inputs_has_its_window(self, answered: Answered) -> None:
        layers = [
            {"name": "weight", "type": "parameter", "shape": [4, 3, 3, 5]},
            {"name": "conv", "type": "F.conv2d", "stride": 2, "inputs": ["input", "weight"]},
        ]
        document = answered(NETWORK, {"input_shape": [1, 3, 8, 6], "layers": layers})
        assert document["layers"][1]["receptive_field"]["size"] == [3, 5]
        assert document["layers"][0]["parameters"] == 4 * 3 * 3 * 5


REFUSED: list[tuple[str, Document, Shapes, str, str]] = [
    ("pytorch", {"type": "sum", "dim": 3}, [[2, 3]], "parameter-out-of-range", "/layers/0/dim"),
    ("pytorch", {"type": "sum", "dim": [0, -2]}, [[2, 3]], "parameter-out-of-range", "/layers/0/dim/1"),
    ("pytorch", {"type": "prod", "dim": [0, 1]}, [[2, 3]], "not-supported-by-framework", "/layers/0/dim"),
    ("pytorch", {"type": "sum", "keepdim": True}, [[2, 3]], "missing-parameter", "/layers/0"),
    ("pytorch", {"type": "cumsum"}, [[2, 3]], "missing-parameter", "/layers/0"),
    ("pytorch", {"type": "topk", "k": 4}, [[2, 3]], "parameter-out-of-range", "/layers/0/k"),
    ("pytorch", {"type": "glu"}, [[2, 3]], "parameter-out-of-range", "/layers/0"),
    ("pytorch", {"type": "bmm"}, [[2, 3, 4], [1, 4, 5]], "branch-shape-mismatch", "/layers/0/inputs"),
    ("pytorch", {"type": "mm"}, [[2, 3, 4], [4, 5]], "rank-mismatch", "/layers/0/inputs"),
    ("pytorch", {"type": "matmul"}, [[], [4, 5]], "rank-mismatch", "/layers/0/inputs"),
    ("pytorch", {"type": "addmm"}, [[7], [3, 4], [4, 5]], "branch-shape-mismatch", "/layers/0/inputs"),
    ("pytorch", {"type": "clamp"}, [[2]], "missing-parameter", "/layers/0"),
    ("pytorch", {"type": "gather", "dim": 1}, [[2, 9], [3, 3]], "branch-shape-mismatch", "/layers/0/inputs"),
    ("pytorch", {"type": "index_select", "dim": 0}, [[2, 9], [3, 3]], "rank-mismatch", "/layers/0/inputs"),
    ("pytorch", {"type": "einsum", "equation": "ab->c"}, [[2, 9]], "equation-mismatch", "/layers/0/equation"),
    ("pytorch", {"type": "einsum", "equation": "ab,b->a"}, [[2, 9]], "equation-mismatch", "/layers/0/equation"),
    ("pytorch", {"type": "softmax", "dim": [0, 1]}, [[2, 9]], "not-supported-by-framework", "/layers/0/dim"),
    ("keras", {"type": "ReLU", "max_value": -1}, [[2, 9]], "parameter-out-of-range", "/layers/0/max_value"),
    ("onnx", {"type": "one_hot", "depth": 3}, [[]], "rank-mismatch", "/layers/0/type"),
]


@pytest.mark.parametrize(("framework", "layer", "shapes", "name", "location"), REFUSED)
def test_what_is_refused(
    answered: Answered, framework: str, layer: Document, shapes: Shapes, name: str, location: str
) -> None:
    document = answer(answered, layer, shapes, framework)
    assert found(document) == [(name, location)], document["diagnostics"]


NAMED: list[tuple[str, Document, Shapes, Shapes]] = [
    ("pytorch", {"type": "operator.add", "other": 1}, [[2, 3]], [[2, 3]]),
    ("pytorch", {"type": "Tensor.__rsub__", "other": 1}, [[2, 3]], [[2, 3]]),
    ("pytorch", {"type": "Tensor.__pow__", "exponent": 2}, [[2, 3]], [[2, 3]]),
    ("pytorch", {"type": "Tensor.mean", "dim": [2, 3], "keepdim": True}, [[2, 3, 4, 5]], [[2, 3, 1, 1]]),
    ("pytorch", {"type": "Tensor.norm", "p": 2, "dim": [2, 3], "keepdim": True}, [[2, 3, 4, 5]], [[2, 3, 1, 1]]),
    ("pytorch", {"type": "torch.max"}, [[2, 3], [3]], [[2, 3]]),
    ("pytorch", {"type": "torch.max", "dim": 1}, [[2, 3]], [[2], [2]]),
    ("pytorch", {"type": "F.normalize", "p": 2.0, "dim": -1, "eps": 1e-12}, [[2, 3]], [[2, 3]]),
    ("pytorch", {"type": "F.softmax", "dim": -1, "_stacklevel": 3}, [[2, 3]], [[2, 3]]),
    ("pytorch", {"type": "F.batch_norm", "training": False, "momentum": 0.1, "eps": 1e-5}, [[2, 3, 4], [3], [3]],
     [[2, 3, 4]]),
    ("pytorch", {"type": "F.layer_norm", "normalized_shape": [3]}, [[2, 3], [3], [3]], [[2, 3]]),
    ("pytorch", {"type": "nn.Embedding", "num_embeddings": 5, "embedding_dim": 4}, [[2]], [[2, 4]]),
    ("pytorch", {"type": "torch.clamp", "max": 4.6}, [[3, 1, 1]], [[3, 1, 1]]),
    ("keras", {"type": "keras.ops.add", "x2": 3.0}, [[2, 1, 16]], [[2, 1, 16]]),
    ("keras", {"type": "ops.divide", "x2": 6}, [[2, 1, 16]], [[2, 1, 16]]),
    ("keras", {"type": "Embedding", "input_dim": 5, "output_dim": 4, "mask_zero": True}, [[2, 7]], [[2, 7, 4]]),
    ("keras", {"type": "Dot", "axes": 1, "normalize": True}, [[2, 7], [2, 7]], [[2, 1]]),
    ("keras", {"type": "keras.ops.max", "axis": [1, 2], "keepdims": True}, [[2, 3, 4]], [[2, 1, 1]]),
    ("onnx", {"type": "ReduceMean", "axes": [2, 3]}, [[2, 3, 4, 5]], [[2, 3, 1, 1]]),
    ("onnx", {"type": "ReduceL2", "axes": [1], "keepdims": 0}, [[2, 3]], [[2]]),
    ("onnx", {"type": "MatMul"}, [[2, 3, 4], [4, 5]], [[2, 3, 5]]),
    ("onnx", {"type": "Gemm", "transB": 1, "alpha": 0.5}, [[3, 4], [5, 4], [5]], [[3, 5]]),
    ("onnx", {"type": "Conv", "kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}, [[1, 3, 8, 6], [4, 3, 3, 3], [4]],
     [[1, 4, 8, 6]]),
    ("onnx", {"type": "Gather", "axis": 1}, [[2, 9], [3, 4]], [[2, 3, 4]]),
    ("jax", {"type": "jnp.matmul"}, [[2, 3], [3, 4]], [[2, 4]]),
    ("jax", {"type": "jnp.max", "axis": 1}, [[2, 3]], [[2]]),
    ("jax", {"type": "nnx.Embed", "num_embeddings": 5, "features": 4}, [[2]], [[2, 4]]),
]  # fmt: skip


@pytest.mark.parametrize(("framework", "layer", "shapes", "expected"), NAMED)
def test_names_that_frameworks_have_for_them(
    answered: Answered, framework: str, layer: Document, shapes: Shapes, expected: Shapes
) -> None:
    document = answer(answered, layer, shapes, framework)
    assert document["valid"], document["diagnostics"]
    assert outputs(document) == expected


def test_an_embedding_holds_its_vectors(answered: Answered) -> None:
    layer = {"type": "embedding", "num_embeddings": 9, "embedding_dim": 4}
    assert answer(answered, layer, [[2, 7]])["layers"][0]["parameters"] == 36
    bilinear = {"type": "bilinear", "in1_features": 3, "in2_features": 4, "out_features": 5}
    document = answer(answered, bilinear, [[2, 3], [2, 4]])
    assert (outputs(document), document["layers"][0]["parameters"]) == ([[2, 5]], 5 * 3 * 4 + 5)
    assert document["layers"][0]["macs"] == 2 * 5 * 3 * 4
