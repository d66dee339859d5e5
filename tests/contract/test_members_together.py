"""Bodies whose members do or do not go together: the description allows exactly those that the service takes."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.contract.test_openapi import DESCRIPTION, validator_of

CONV = {"type": "conv2d", "kernel_size": 3}
NET = {"input_shape": [1, 3, 32, 32], "layers": [{"type": "relu"}]}
MODEL = {"source": '{"input_shape": [1, 3, 8, 8], "layers": [{"type": "relu"}]}'}
SOLVE = {"layer": {"type": "conv2d", "kernel_size": 3}, "output_size": 8, "unknown": ["stride"]}
IMAGE = {"input": [[1, 2], [3, 4]], "weight": [[1]]}
TENSOR = {"name": "input", "shape": [2, 2], "datatype": "FP32", "data": [1, 2, 3, 4]}
INFER = "/v2/models/max_pool2d/infer"
POOL = {"parameters": {"kernel_size": 2}}


@pytest.mark.parametrize(
    ("path", "body", "fits"),
    [
        ("/v1/output-size", {"layer": CONV, "input_size": 8}, True),
        ("/v1/output-size", {"layer": CONV, "input_size": 8, "input_shape": None}, True),
        ("/v1/output-size", {"layer": CONV, "input_size": 8, "framework": None}, True),
        ("/v1/output-size", {"layer": CONV | {"stride": None, "dilation": None}, "input_size": 8}, True),
        ("/v1/output-size", {"layer": CONV | {"kernel_size": None}, "input_size": 8}, False),
        ("/v1/output-size", {"layer": {"type": None}, "input_size": 8}, False),
        ("/v1/output-size", {"layer": CONV, "input_size": 8, "input_shape": [1, 3, 8, 8]}, False),
        ("/v1/output-size", {"layer": CONV}, False),
        ("/v1/output-size", {"layer": CONV, "input_size": 8, "opset": 17}, False),
        ("/v1/output-size", {"layer": CONV, "input_size": 8, "opset": 17, "framework": "onnx"}, True),
        ("/v1/output-size", {"layer": CONV, "input_size": 8, "opset": 5, "framework": "onnx"}, False),
        ("/v1/compare", {"layer": CONV, "input_shapes": [[1, 3, 8, 8]]}, True),
        ("/v1/compare", {"layer": CONV, "input_shapes": [[1, 3, 8, 8]], "input_size": 8}, False),
        ("/v1/padding", {"layer": {"type": "relu"}, "input_size": 8, "output_size": 8}, False),
        ("/v1/padding", {"layer": CONV, "input_size": 8, "output_size": 8}, True),
        ("/v1/solve", SOLVE | {"input_size": 16}, True),
        ("/v1/solve", SOLVE, False),
        ("/v1/solve", SOLVE | {"unknown": ["stride", "input_size"]}, True),
        ("/v1/solve", SOLVE | {"unknown": ["stride", "input_size"], "input_size": 16}, False),
        ("/v1/solve", SOLVE | {"layer": {"type": None}, "input_size": 16}, False),
        ("/v1/networks/validate", NET, True),
        ("/v1/networks/validate", NET | {"model": None, "outputs": None}, True),
        ("/v1/networks/validate", NET | {"model": MODEL}, False),
        ("/v1/networks/validate", NET | {"layers": []}, False),
        ("/v1/networks/validate", NET | {"input_shape": None}, False),
        ("/v1/networks/validate", NET | {"inputs": {"x": [1, 3, 8, 8]}}, False),
        ("/v1/networks/validate", NET | {"input_shape": None, "input_shapes": [[1, 3, 8, 8]]}, False),
        ("/v1/networks/validate", {"model": MODEL}, True),
        ("/v1/networks/validate", {"model": MODEL, "outputs": ["relu_0"]}, False),
        ("/v1/networks/validate", {"model": None}, False),
        ("/v1/networks/validate", {"model": {}}, False),
        ("/v1/networks/input-sizes", {"layers": [CONV]}, True),
        ("/v1/networks/input-sizes", {"layers": [{"type": "relu"}]}, False),
        ("/v1/networks/input-sizes", {"layers": [{"type": "relu"}], "rank": 2}, True),
        ("/v1/networks/input-sizes", {"layers": [CONV], "channels": 3, "input_shape": [1, 3, None, None]}, False),
        ("/v1/networks/read", {"model": MODEL | {"files": {"a.py": ""}}}, False),
        ("/v1/networks/read", {"model": {"data": "no base64"}}, False),
        ("/v1/convolve", IMAGE, True),
        ("/v1/convolve", IMAGE | {"pointwise_weight": None}, True),
        ("/v1/convolve", IMAGE | {"input": None}, False),
        ("/v1/convolve", {"weight": [[1]]}, False),
        ("/v1/convolve", IMAGE | {"input": [[]]}, False),
        ("/v1/convolve", IMAGE | {"input": [["1"]]}, False),
        ("/v1/convolve", IMAGE | {"dtype": "complex64"}, False),
        ("/v1/convolve", IMAGE | {"layer": {"type": "linear", "out_features": 1}}, False),
        (INFER, POOL | {"inputs": [TENSOR]}, True),
        (INFER, POOL | {"inputs": []}, False),
        (INFER, POOL | {"inputs": [TENSOR | {"datatype": "BYTES"}]}, False),
        (INFER, POOL | {"inputs": [TENSOR | {"data": None}]}, False),
        (INFER, POOL | {"inputs": [TENSOR | {"parameters": {"binary_data_size": 16}}]}, False),
        (INFER, POOL | {"inputs": [TENSOR], "outputs": [{"name": "other"}]}, False),
        (INFER, {"parameters": {"kernel_size": [2]}, "inputs": [TENSOR]}, False),
    ],
)
def test_the_description_allows_what_the_service_takes(
    client: FlaskClient, path: str, body: dict[str, Any], fits: bool
) -> None:
    described = DESCRIPTION["paths"][path.replace("max_pool2d", "{model}")]["post"]["requestBody"]["content"]
    assert validator_of(described["application/json"]["schema"]).is_valid(body) is fits
    answer = client.post(path, json=body)
    assert (answer.status_code == 200) is fits, answer.data[:300]
