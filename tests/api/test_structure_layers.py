"""Layers that change the structure of tensors, as PyTorch 2.13, Keras 3.15, onnxruntime 1.31 and JAX 0.10 run them."""

from typing import Any

import pytest

from tests.api.bad_input.samples import Answered, Document

NETWORK = "/v1/networks/validate"
Shape = list[int | None]


def judged(answered: Answered, layer: Document, *shapes: Shape, framework: str = "pytorch", **members: Any) -> Document:
    inputs = {f"x{place}": shape for place, shape in enumerate(shapes)}
    body = {"framework": framework, "inputs": inputs, "layers": [{**layer, "inputs": list(inputs)}], **members}
    return answered(NETWORK, body)


def outputs(document: Document) -> list[Shape]:
    [layer] = document["layers"]
    return layer.get("output_shapes") or [layer["output_shape"]]


@pytest.mark.parametrize(
    ("layer", "shapes", "expected"),
    [
        ({"type": "torch.split", "split_size_or_sections": [60, 12, 24], "dim": 1}, [[2, 96, 5]],
         [[2, 60, 5], [2, 12, 5], [2, 24, 5]]),
        ({"type": "Tensor.chunk", "chunks": 4, "dim": 0}, [[6]], [[2], [2], [2]]),
        ({"type": "torch.tensor_split", "indices": [1], "dim": 2}, [[2, 1, 25, 96]], [[2, 1, 1, 96], [2, 1, 24, 96]]),
        ({"type": "Tensor.unbind", "dim": 0}, [[3, 2, 5]], [[2, 5]] * 3),
        ({"type": "operator.getitem", "index": [":", "1:", "..."]}, [[2, 197, 192]], [[2, 196, 192]]),
        ({"type": "operator.getitem", "index": [None, ":", None, 0]}, [[2, 3, 4]], [[1, 2, 1, 4]]),
        ({"type": "operator.getitem"}, [[732, 12], [38809]], [[38809, 12]]),
        ({"type": "getitem", "index": [":", {"input": 1}, ":", {"input": 1}]}, [[2, 3, 4, 5], [7]], [[7, 2, 4]]),
        ({"type": "getitem", "index": [":", 0, ":", {"input": 1}]}, [[2, 3, 4, 5], [7]], [[2, 4, 7]]),
        ({"type": "Tensor.squeeze", "dim": 0}, [[2, 1, 3]], [[2, 1, 3]]),
        ({"type": "Tensor.expand", "sizes": [2, -1, 3]}, [[1, 3]], [[2, 1, 3]]),
        ({"type": "torch.swapaxes", "axis0": -2, "axis1": -3}, [[2, 49, 64, 8]], [[2, 64, 49, 8]]),
        ({"type": "Tensor.unfold", "dimension": 2, "size": 12, "step": 8}, [[2, 5, 20, 20]], [[2, 5, 2, 20, 12]]),
        ({"type": "F.fold", "output_size": [28, 28], "kernel_size": 3, "padding": 1, "stride": 2}, [[2, 1728, 196]],
         [[2, 192, 28, 28]]),
        ({"type": "nn.MaxPool2d", "kernel_size": 2, "return_indices": True}, [[1, 2, 6, 7]], [[1, 2, 3, 3]] * 2),
        ({"type": "nn.MaxUnpool2d", "kernel_size": 2, "output_size": [7, 9]}, [[1, 2, 3, 4]] * 2, [[1, 2, 7, 9]]),
        ({"type": "F.pad", "pad": [0, 0, 1, 0, 0, 0], "mode": "constant"}, [[2, 8, 3136, 8]], [[2, 8, 3137, 8]]),
        ({"type": "Tensor.view", "shape": [2, None, -1]}, [[2, 3, 4]], [[2, None, None]]),
        ({"type": "Tensor.view", "shape": [2, None]}, [[2, 3, 4]], [[2, 12]]),
        ({"type": "torch.narrow", "dim": 0, "start": -2, "length": 2}, [[5, 2]], [[2, 2]]),
    ],
)  # fmt: skip
def test_what_comes_out_of_pytorch(
    answered: Answered, layer: Document, shapes: list[Shape], expected: list[Shape]
) -> None:
    document = judged(answered, layer, *shapes)
    assert document["valid"]
    assert outputs(document) == expected


@pytest.mark.parametrize(
    ("framework", "layer", "shape", "expected"),
    [
        ("keras", {"type": "RepeatVector", "n": 3}, [None, 4], [[None, 3, 4]]),
        ("keras", {"type": "Resizing", "height": 5, "width": 7}, [2, 3, 4, 3], [[2, 5, 7, 3]]),
        ("keras", {"type": "RandomFlip", "mode": "horizontal"}, [None, 8, 9, 3], [[None, 8, 9, 3]]),
        ("keras", {"type": "ops.squeeze", "axis": 0}, [2, 1, 3], None),
        ("keras", {"type": "ops.split", "indices_or_sections": [2, 5]}, [7], [[2], [3], [2]]),
        ("keras", {"type": "ops.split", "indices_or_sections": 3}, [7], None),
        ("keras", {"type": "ops.pad", "pad_width": [[1, 1], [0, 2]]}, [2, 3], [[4, 5]]),
        ("keras", {"type": "ops.pad", "pad_width": [[0, 0], [2, 1], [0, 0]], "mode": "reflect"}, [2, 3, 4],
         [[2, 6, 4]]),
        ("keras", {"type": "ops.pad", "pad_width": [[0, 0], [3, 0], [0, 0]], "mode": "reflect"}, [2, 3, 4], None),
        ("keras", {"type": "ops.pad", "pad_width": [[0, 0], [3, 0], [0, 0]], "mode": "SYMMETRIC"}, [2, 3, 4],
         [[2, 6, 4]]),
        ("keras", {"type": "ops.pad", "pad_width": [[0, 0], [4, 0], [0, 0]], "mode": "symmetric"}, [2, 3, 4], None),
        ("keras", {"type": "ops.pad", "pad_width": [[0, 0], [2, 1], [0, 0]], "mode": "edge"}, [2, 3, 4], None),
        ("keras", {"type": "ops.pad", "pad_width": [[0, 0], [2, -1], [0, 0]]}, [2, 3, 4], None),
        ("keras", {"type": "ops.pad", "pad_width": [[0, 0], [2, 1], [1, 0]], "constant_values": 1.5}, [2, 3, 4],
         [[2, 6, 5]]),
        ("keras", {"type": "ZeroPadding1D", "padding": 1, "mode": "reflect"}, [2, 3, 4], None),
        ("jax", {"type": "jnp.pad", "pad_width": [[0, 0], [9, 0]], "mode": "symmetric"}, [2, 3], [[2, 12]]),
        ("pytorch", {"type": "pad", "padding": [[1, 1]], "mode": "symmetric"}, [2, 3, 4], None),
        ("onnx", {"type": "Split", "num_outputs": 3}, [7, 2], [[3, 2], [3, 2], [1, 2]]),
        ("onnx", {"type": "Split", "num_outputs": 3}, [2], None),
        ("onnx", {"type": "Slice", "starts": [1, -1], "ends": [9, -9], "axes": [0, 1], "steps": [2, -2]}, [5, 6],
         [[2, 3]]),
        ("onnx", {"type": "Expand", "shape": [1, 3]}, [2, 3], [[2, 3]]),
        ("onnx", {"type": "Transpose"}, [2, 3, 4], [[4, 3, 2]]),
        ("onnx", {"type": "Pad", "pads": [1, 2], "axes": [-1]}, [2, 3, 4], [[2, 3, 7]]),
        ("onnx", {"type": "Resize", "sizes": [10, 9], "axes": [2, 3], "keep_aspect_ratio_policy": "not_larger"},
         [2, 3, 5, 7], [[2, 3, 6, 9]]),
        ("onnx", {"type": "Shape", "start": 1}, [2, 3, 4], [[2]]),
        ("jax", {"type": "jnp.transpose"}, [2, 3, 4], [[4, 3, 2]]),
        ("jax", {"type": "jax.image.resize", "shape": [3, 7, 6, 4], "method": "nearest"}, [2, 5, 6, 3], [[3, 7, 6, 4]]),
        ("jax", {"type": "getitem", "index": 9}, [5, 2], [[2]]),
    ],
)  # fmt: skip
def test_what_the_other_frameworks_make_of_it(
    answered: Answered, framework: str, layer: Document, shape: Shape, expected: list[Shape] | None
) -> None:
    document = judged(answered, layer, shape, framework=framework)
    assert (outputs(document) if document["valid"] else None) == expected


@pytest.mark.parametrize(
    ("layer", "shape", "name", "location"),
    [
        ({"type": "split", "split_size": [2, 4], "dim": 1}, [2, 7], "axis-size-mismatch", "/layers/0/split_size"),
        ({"type": "getitem", "index": [0, 5]}, [5, 2], "index-outside-axis", "/layers/0/index/1"),
        ({"type": "getitem", "index": "1-2"}, [5, 2], "parameter-out-of-range", "/layers/0/index"),
        ({"type": "transpose", "dim0": 1, "dim1": 5}, [2, 4], "parameter-out-of-range", "/layers/0/dim1"),
        ({"type": "tril"}, [4], "rank-mismatch", "/layers/0/type"),
        ({"type": "flip", "dims": [0, -2]}, [4, 3], "parameter-out-of-range", "/layers/0/dims/0"),
        ({"type": "slice", "starts": [5], "ends": [2]}, [7, 2], "nothing-left", "/layers/0/type"),
        ({"type": "unbind"}, [5000, 2], "parameter-out-of-range", "/layers/0"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(
    answered: Answered, layer: Document, shape: Shape, name: str, location: str
) -> None:
    document = judged(answered, layer, shape)
    assert [(found["name"], found["location"]) for found in document["diagnostics"]] == [(name, location)]


def test_the_last_size_of_a_split_is_mended(answered: Answered) -> None:
    document = judged(answered, {"type": "split", "split_size": [2, 4], "dim": 1}, [2, 7])
    [diagnostic] = document["diagnostics"]
    assert diagnostic["fixes"][0]["patch"][-1]["value"] == [2, 5]


@pytest.mark.parametrize("shape", [[], [None], [None, None, 4], [1] * 8, [None, 3, None, None]])
@pytest.mark.parametrize("framework", ["pytorch", "keras", "onnx", "jax"])
def test_nothing_fails_on_any_shape(answered: Answered, framework: str, shape: Shape) -> None:
    layers = [
        *({"type": kind} for kind in ("squeeze", "transpose", "permute", "unbind", "shape_of", "nonzero", "tril")),
        *({"type": kind, "dim": -1} for kind in ("squeeze", "unsqueeze", "stack")),
        {"type": "split", "split_size": 2, "dim": 1},
        {"type": "split", "sections": 2},
        {"type": "chunk", "chunks": 3, "dim": -1},
        {"type": "tensor_split", "indices": [1, -1], "dim": 0},
        {"type": "slice", "starts": [1], "ends": [-1]},
        {"type": "narrow", "dim": 0, "start": 0, "length": 1},
        {"type": "getitem", "index": ["...", 0]},
        {"type": "expand", "shape": [2, 2, 2, 4]},
        {"type": "tile", "repeats": [2, 1]},
        {"type": "repeat_interleave", "repeats": 2},
        {"type": "reshape", "shape": [-1]},
        {"type": "unflatten", "dim": -1, "sizes": [2, -1]},
        {"type": "roll", "shifts": 1, "dims": 0},
        {"type": "unfold", "kernel_size": 2},
        {"type": "fold", "output_size": [3, 3], "kernel_size": 2},
        {"type": "pad", "padding": [[1, 1]], "dims": [-1]},
        {"type": "resize", "scales": [2.0]},
        {"type": "image_crop", "height": 2, "width": 2},
    ]
    listed = [{**layer, "name": f"layer{place}", "inputs": ["x"]} for place, layer in enumerate(layers)]
    answered(NETWORK, {"framework": framework, "inputs": {"x": shape}, "layers": listed})


def test_a_crop_by_slices_moves_the_receptive_field(answered: Answered) -> None:
    layers = [
        {"type": "getitem", "index": [":", ":", "2:", "1::2"]},
        {"type": "conv2d", "out_channels": 4, "kernel_size": 3},
    ]
    document = answered(NETWORK, {"input_shape": [1, 3, 12, 15], "layers": layers})
    assert document["layers"][1]["receptive_field"] == {"size": [3, 5], "stride": [1, 2], "start": [3, 3]}
