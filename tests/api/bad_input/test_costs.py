"""Small requests that would cost much: each is refused, or answered by a formula instead of a loop."""

import gzip
import json
import tracemalloc
from base64 import b64encode
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from numpy.typing import NDArray

from service.operations.shared import network_layers
from service.routes.slots import compute_slot
from tests.api.bad_input.samples import CONVOLVE, NETWORK, SIZE, Answered, Document, Limited, Problem, Refuse
from tests.effort import calls

BATCH = "/v1/batch"
RELU = {"type": "relu", "inputs": "input"}


def as_base64(array: NDArray[Any]) -> Document:
    return {"shape": array.shape, "dtype": array.dtype.name, "base64": b64encode(array.tobytes()).decode()}


def test_an_adaptive_pool_over_two_thousand_million_positions_is_answered(answered: Answered) -> None:
    layers = [{"type": "adaptive_avg_pool2d", "output_size": [2**31 - 1, 3]}]
    document = answered(NETWORK, {"input_shape": [1, 3, 2**31 - 1, 8], "layers": layers})
    assert document["layers"][0]["receptive_field"]["size"] == [1, 4]


def test_wide_windows_are_averaged_with_their_padding(answered: Answered) -> None:
    layer = {"type": "avg_pool1d", "kernel_size": 20_000, "stride": 1, "padding": 10_000}
    posted = {"shape": [40_000], "data": [1] * 40_000}
    document = answered(CONVOLVE, {"input": posted, "layer": layer, "respond_with": "flat"})
    assert document["output"]["data"][0] == 0.5, "half of the first window is padding, which counts"


def test_one_wide_row_of_outputs_is_copied_in_parts(limited: Limited, problem: Problem) -> None:
    """All the windows of this row would be 256 * 31 * 31 * 570 numbers, half a gigabyte."""
    source, weight = np.zeros((256, 31, 600), np.float32), np.zeros((1, 256, 31, 31), np.float32)
    body = {"input": as_base64(source), "weight": as_base64(weight), "respond_with": "base64"}
    client = limited()
    tracemalloc.start()
    response = client.post(CONVOLVE, json={**body, "layer": {"type": "conv2d"}})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert response.status_code == 200
    assert peak < 250_000_000, "the request itself is 40 MB, held as text and as bytes"


def test_explanations_read_only_their_windows(answered: Answered) -> None:
    source = as_base64(np.ones((1500, 1500), np.float32))
    body = {
        "input": source,
        "weight": [[1, 2], [3, 4]],
        "respond_with": "base64",
        "explain": [[i, i] for i in range(9)],
    }
    assert [explanation["output"] for explanation in answered(CONVOLVE, body)["explain"]] == [10.0] * 9


def test_names_are_bounded_since_every_message_repeats_them(answered: Answered) -> None:
    document = answered(NETWORK, {"input_shape": [1, 3, 8, 8], "layers": [{**RELU, "name": "x" * 1001}]})
    [diagnostic] = document["diagnostics"]
    assert (diagnostic["name"], diagnostic["location"]) == ("wrong-type", "/layers/0/name")
    assert diagnostic["help"] == "give `name` a string of 1 to 1000 letters"
    document = answered(NETWORK, {"input_shape": [1, 3, 8, 8], "layers": [{"type": "relu", "inputs": "x" * 1001}]})
    assert [diagnostic["name"] for diagnostic in document["diagnostics"]] == ["wrong-type"]


def test_names_of_inputs_are_bounded_too(refuse: Refuse) -> None:
    [diagnostic] = refuse(NETWORK, {"inputs": {"x" * 1001: [1, 3, 8, 8]}, "layers": [RELU]})["errors"]
    assert diagnostic["name"] == "parameter-out-of-range"


def test_many_unknown_inputs_are_not_each_compared_with_every_name(answered: Answered) -> None:
    layers: list[Document] = [{"type": "relu", "name": f"layer_number_{index}"} for index in range(2000)]
    concat = {"type": "concat", "inputs": [f"layer_numbr_{index}" for index in range(2000)]}
    document = answered(NETWORK, {"input_shape": [1, 3, 8, 8], "layers": [*layers, concat], "detail": "sizes"})
    unknown = [diagnostic for diagnostic in document["diagnostics"] if diagnostic["name"] == "unknown-input"]
    assert len(unknown) == 2000
    assert unknown[0]["help"] == "write `layer_number_0`"
    assert unknown[-1]["help"] == "name a layer or an input of the network"


def test_the_layers_of_a_whole_batch_are_bounded(limited: Limited, problem: Problem) -> None:
    items = [{"input_shape": [1, 3, 8, 8], "layers": [RELU] * 6}] * 2
    body = {"operation": "networks/validate", "items": items}
    assert limited(max_batch_layers=12).post(BATCH, json=body).status_code == 200
    document = problem(limited(max_batch_layers=11).post(BATCH, json=body), 413)
    assert "12, above the limit of 11 (`max_batch_layers`)" in document["detail"]


def test_work_is_bounded_for_a_batch_as_a_whole(answered: Answered) -> None:
    """A search that is short enough for a single question is cut for each of many, and `complete` is false."""
    layer, bounds = {"type": "conv3d"}, {"kernel_size": [1, 60], "stride": [1, 60]}
    unknown = ["kernel_size", "stride", "padding", "dilation"]
    item = {"layer": layer, "input_size": [400, 300, 200], "output_size": [57, 43, 31], "unknown": unknown}
    items = [{**item, "bounds": bounds}] * 50
    results = answered(BATCH, {"operation": "solve", "detail": "sizes", "items": items})["results"]
    assert {result["body"]["complete"] for result in results} == {False}


INFER = "/v2/models/conv/infer"
MANY = {f"m{index}": 1 for index in range(20_000)}
SMALL = {"input": [[1, 2], [3, 4]], "weight": [[1]]}
TENSOR = {"name": "input", "shape": [2, 2], "datatype": "FP32", "data": [1, 2, 3, 4]}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (CONVOLVE, SMALL | MANY),
        (CONVOLVE, SMALL | {"layer": MANY}),
        (CONVOLVE, SMALL | {"input": MANY}),
        (CONVOLVE, SMALL | {"layer": {"padding": [1] * 20_000}}),
        (CONVOLVE, SMALL | {"layer": {"padding": [["x"] * 20_000]}}),
        (CONVOLVE, SMALL | {"layer": {"type": "x" * 100_000}}),
        (CONVOLVE, SMALL | {"explain": [["x"]] * 20_000}),
        (CONVOLVE, SMALL | {"explain": [["x"] * 20_000]}),
        (CONVOLVE, SMALL | {"input": {"shape": ["x"] * 20_000, "data": [1]}}),
        (CONVOLVE, SMALL | {"input": [[]] * 20_000}),
        (CONVOLVE, SMALL | {"input": [[1]] * 20_000 + [[1, 2]]}),
        (CONVOLVE, SMALL | {"input": [10**30] * 5000}),
        (CONVOLVE, SMALL | {"input": "x" * 100_000}),
        (NETWORK, {"inputs": MANY, "layers": [RELU]}),
        (NETWORK, {"input_shape": ["x"] * 20_000, "layers": [RELU]}),
        (NETWORK, {"input_shape": [1, 1, 4], "layers": [RELU], "receptive_field_of": ["x"] * 20_000}),
        (NETWORK, {"input_shape": [1, 1, 4], "layers": [RELU], "receptive_field_of": [MANY]}),
        (SIZE, {"layer": RELU, "input_size": ["x"] * 20_000}),
        (INFER, {"inputs": [TENSOR] * 5000}),
        (INFER, {"inputs": ["x"] * 20_000}),
        (INFER, {"inputs": [TENSOR | {"shape": ["x"] * 20_000}]}),
        (INFER, {"inputs": [TENSOR | {"datatype": "x" * 100_000}]}),
        (INFER, {"inputs": [TENSOR], "parameters": MANY}),
        (INFER, {"inputs": [TENSOR], "parameters": {"stride": f"[{'1,' * 20_000}1]"}}),
        (INFER, {"inputs": [TENSOR], "outputs": [{"name": "output"}] * 20_000}),
    ],
    ids=lambda value: value.rpartition("/")[2] if isinstance(value, str) else next(reversed(value)),
)
def test_a_flood_of_mistakes_gets_a_short_answer(client: FlaskClient, path: str, body: Document) -> None:
    """Calls, memory and the answer stay in proportion to the body."""
    text = json.dumps(body)
    client.post(path, data="{}", content_type="application/json")
    tracemalloc.start()
    with calls() as made:
        response = client.post(path, data=text, content_type="application/json")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert response.status_code in (400, 413, 422), response.data[:300]
    assert len(response.data) < 2 * len(text) + 3000
    assert peak < 60 * len(text) + 2_000_000
    assert made.count < len(text) + 20_000


@pytest.mark.parametrize("path", [CONVOLVE, INFER])
@pytest.mark.parametrize("byte", [b"[", b" ", b"\0"])
def test_a_bomb_of_json_is_refused_before_it_is_parsed(limited: Limited, path: str, byte: bytes) -> None:
    """The body is a thousandth of what it unpacks to, and the lists it describes are never built."""
    client = limited(max_json_bytes=10**6)
    packed = gzip.compress(byte * (10**6 + 1))
    tracemalloc.start()
    response = client.post(path, data=packed, headers={"Content-Encoding": "gzip"}, content_type="application/json")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    message = response.json.get("error") or response.json["detail"]
    assert (response.status_code, message) == (
        413,
        "the JSON is 1000001 bytes, above the limit of 1000000 (`max_json_bytes`)",
    )
    assert peak < 4_000_000


def test_a_network_with_very_many_mistakes_is_refused_as_a_whole(
    client: FlaskClient, problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network_layers, "MOST_MISTAKES", 100)
    for wrong, status in ((2, 200), (3, 422)):
        layers = [RELU | {f"m{index}": 1 for index in range(wrong)}] * 50
        response = client.post(NETWORK, json={"input_shape": [1, 1, 4], "layers": layers})
        assert response.status_code == status
    assert problem(response, 422)["detail"].startswith("the layers have more than 100 mistakes")


def chain(length: int, channels: int = 3) -> Document:
    """A chain of convolutions from 3 channels to `channels`; unless that is 3, each but the first has two fixes."""
    layer = {"type": "conv1d", "in_channels": 3, "out_channels": channels, "kernel_size": 1}
    return {"input_shape": [1, 3, 8], "layers": [layer] * length}


def test_judging_many_layers_waits_for_a_slot_and_few_do_not(limited: Limited, problem: Problem) -> None:
    client = limited(heavy_wait_seconds=0, large_network_layers=5)
    with compute_slot():
        assert client.post(NETWORK, json=chain(4)).json["valid"]
        busy = client.post(NETWORK, json=chain(5))
    assert "busy: 1 of 1 computation slots are in use" in problem(busy, 503)["detail"]
    assert busy.headers["Retry-After"] == "1"
    assert client.post(NETWORK, json=chain(5)).json["valid"]


def test_looking_for_repairs_waits_for_a_slot_too(limited: Limited, problem: Problem) -> None:
    client = limited(heavy_wait_seconds=0, large_network_layers=5)
    body = chain(2, channels=4)
    with compute_slot():
        problem(client.post(NETWORK, json=body), 503)
        [mismatch] = client.post(NETWORK, json={**body, "detail": "sizes"}).json["diagnostics"]
    assert mismatch["fixes"]
    assert client.post(NETWORK, json=body).json["repairs"]


def test_a_network_in_a_batch_waits_with_the_batch(limited: Limited) -> None:
    client = limited(heavy_wait_seconds=0, large_network_layers=5)
    body = {"operation": "networks/validate", "items": [chain(5), chain(6, channels=4)]}
    assert [result["body"]["valid"] for result in client.post(BATCH, json=body).json["results"]] == [True, False]


@pytest.mark.parametrize(
    "layers",
    [
        [{"type": "conv_transpose2d", "out_channels": 4, "kernel_size": 1024, "stride": 1023}]
        + [{"type": "conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1}] * 2000,
        [{"type": "DepthwiseConv2D", "depth_multiplier": 2**31 - 1, "kernel_size": 1}] * 2000,
    ],
)
def test_the_work_of_a_long_network_is_in_proportion_to_its_layers(client: FlaskClient, layers: list[Document]) -> None:
    """Receptive fields that repeat after a thousand outputs are followed so far; what repairs read is counted."""
    with calls() as made:
        response = client.post(NETWORK, json={"input_shape": [1, 4, 8, 8], "layers": layers})
    assert response.status_code == 200
    assert made.count < 10_000 * len(layers), "three times what it takes at most; it took minutes, or twelve seconds"
