"""Forms that random cases seldom draw, each as its framework takes it when it is run."""

from typing import Any

import pytest

from service.operations.validate_network import OPERATION

Layer = dict[str, Any]
Shape = list[int]

ACCEPTED: list[tuple[str, Layer, list[Shape], list[Shape]]] = [
    ("pytorch", {"type": "torch.nn.MaxPool2d", "kernel_size": 2, "stride": []}, [[1, 2, 9, 9]], [[1, 2, 4, 4]]),
    ("pytorch", {"type": "F.avg_pool1d", "kernel_size": 2, "stride": []}, [[1, 2, 9]], [[1, 2, 4]]),
    ("pytorch", {"type": "LPPool3d", "norm_type": 2, "kernel_size": 2, "stride": []}, [[1, 2, 9, 8, 7]],
     [[1, 2, 4, 4, 3]]),
    ("pytorch", {"type": "getitem", "index": [{"input": 1}, ":", {"input": 2}]}, [[2, 3, 4, 6], [], [5]], [[3, 5, 6]]),
    ("pytorch", {"type": "scaled_dot_product_attention"}, [[3, 4], [3, 4], [3, 4], [3]], [[3, 4]]),
    ("pytorch", {"type": "scaled_dot_product_attention"}, [[2, 3, 4], [2, 3, 4], [2, 3, 4], []], [[2, 3, 4]]),
    ("keras", {"type": "movedim", "source": [-2, 1], "destination": [0, 0]}, [[1, 3]], [[3, 1]]),
    ("keras", {"type": "movedim", "source": [0, 1, 2], "destination": [-2, -3, 3]}, [[6, 4, 6, 6, 8]],
     [[6, 8, 4, 6, 6]]),
    ("keras", {"type": "split", "split_size": [2, -1], "dim": 1}, [[5, 2, 3]], [[5, 2, 3], [5, 0, 3]]),
    ("onnx", {"type": "slice", "starts": [-6], "ends": [2147483647], "steps": [-2]}, [[4]], [[1]]),
    ("jax", {"type": "jnp.repeat", "repeats": 2, "axis": 0}, [[]], [[2]]),
]  # fmt: skip
REFUSED: list[tuple[str, Layer, list[Shape]]] = [
    ("pytorch", {"type": "Conv1d", "in_channels": 2, "out_channels": 2, "kernel_size": 3, "stride": []}, [[1, 2, 9]]),
    ("pytorch", {"type": "scaled_dot_product_attention"}, [[2, 2, 3, 4]] * 3 + [[3]]),
    ("keras", {"type": "roll", "shifts": [-3], "dims": []}, [[4]]),
    ("keras", {"type": "roll", "shifts": [1]}, [[4]]),
    ("keras", {"type": "UpSampling1D", "size": [1]}, [[1, 4, 2]]),
    ("keras", {"type": "BatchNormalization", "axis": [1]}, [[6, 5, 1]]),
    ("onnx", {"type": "Resize", "sizes": [-1, 2, 5, 2]}, [[1, 2, 10, 25]]),
    ("onnx", {"type": "Resize", "sizes": [0, 2, 11]}, [[1, 2, 21]]),
    ("onnx", {"type": "max_unpool2d", "kernel_size": [2, 2], "stride": [1, 3], "padding": [1, 1],
              "output_size": [5, 2]}, [[1, 3, 5, 1]] * 2),
]  # fmt: skip


def answered(framework: str, layer: Layer, shapes: list[Shape]) -> tuple[bool, list[Shape | None]]:
    """Whether the layer is taken, and the shapes that come out."""
    names = [f"x{place}" for place in range(len(shapes))]
    inputs = dict(zip(names, shapes, strict=True))
    document = OPERATION.respond(
        {"framework": framework, "inputs": inputs, "layers": [{"name": "l", **layer, "inputs": names}]}
    )
    judged = document["layers"][0]
    made = judged.get("output_shapes") or [judged["output_shape"]]
    refused = any(found["severity"] == "error" for found in document["diagnostics"])
    return not refused, [None if shape is None else list(shape) for shape in made]


@pytest.mark.parametrize(("framework", "layer", "inputs", "outputs"), ACCEPTED)
def test_a_form_is_taken(framework: str, layer: Layer, inputs: list[Shape], outputs: list[Shape]) -> None:
    assert answered(framework, layer, inputs) == (True, outputs)


@pytest.mark.parametrize(("framework", "layer", "inputs"), REFUSED)
def test_a_form_is_refused(framework: str, layer: Layer, inputs: list[Shape]) -> None:
    assert not answered(framework, layer, inputs)[0]
