"""A branch that is not known may have more axes than those that are."""

from service.operations.validate_network import OPERATION


def test_a_weight_that_meets_an_unknown_branch_does_not_say_how_many_axes_come_out() -> None:
    document = OPERATION.respond(
        {
            "framework": "onnx",
            "input_shape": [1, 3, 8, 8],
            "layers": [
                {"type": "opaque", "name": "unknown", "inputs": ["input"]},
                {"type": "constant", "name": "scale", "shape": [3, 1, 1]},
                {"type": "Mul", "name": "scaled", "inputs": ["scale", "unknown"]},
                {"type": "MaxPool", "kernel_shape": [2, 2], "inputs": ["scaled"]},
            ],
        }
    )
    assert [found["message"] for found in document["diagnostics"] if found["severity"] == "error"] == []
