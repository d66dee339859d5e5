"""Small requests that would cost much: each is refused, or answered by a formula instead of a loop."""

import tracemalloc
from base64 import b64encode
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.api.bad_input.samples import CONVOLVE, NETWORK, Answered, Document, Limited, Problem, Refuse

BATCH = "/v1/batch"
RELU = {"type": "relu", "inputs": "input"}


def as_base64(array: NDArray[Any]) -> Document:
    return {"shape": array.shape, "dtype": array.dtype.name, "base64": b64encode(array.tobytes()).decode()}


def test_an_adaptive_pool_over_two_thousand_million_positions(answered: Answered) -> None:
    layers = [{"type": "adaptive_avg_pool2d", "output_size": [2**31 - 1, 3]}]
    document = answered(NETWORK, {"input_shape": [1, 3, 2**31 - 1, 8], "layers": layers})
    assert document["layers"][0]["receptive_field"]["size"] == [1, 4]


def test_the_divisors_of_wide_windows(answered: Answered) -> None:
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


def test_explanations_look_at_their_windows_only(answered: Answered) -> None:
    source = as_base64(np.ones((1500, 1500), np.float32))
    body = {
        "input": source,
        "weight": [[1, 2], [3, 4]],
        "respond_with": "base64",
        "explain": [[i, i] for i in range(9)],
    }
    assert [one["output"] for one in answered(CONVOLVE, body)["explain"]] == [10.0] * 9


def test_names_are_bounded_since_every_message_repeats_them(answered: Answered) -> None:
    document = answered(NETWORK, {"input_shape": [1, 3, 8, 8], "layers": [{**RELU, "name": "x" * 201}]})
    [diagnostic] = document["diagnostics"]
    assert (diagnostic["name"], diagnostic["location"]) == ("wrong-type", "/layers/0/name")
    assert diagnostic["help"] == "give `name` a string of 1 to 200 letters"
    document = answered(NETWORK, {"input_shape": [1, 3, 8, 8], "layers": [{"type": "relu", "inputs": "x" * 201}]})
    assert [one["name"] for one in document["diagnostics"]] == ["wrong-type"]


def test_names_of_inputs_are_bounded_too(refuse: Refuse) -> None:
    [diagnostic] = refuse(NETWORK, {"inputs": {"x" * 201: [1, 3, 8, 8]}, "layers": [RELU]})["errors"]
    assert diagnostic["name"] == "parameter-out-of-range"


def test_many_unknown_inputs_are_not_each_compared_with_every_name(answered: Answered) -> None:
    layers: list[Document] = [{"type": "relu", "name": f"layer_number_{index}"} for index in range(2000)]
    concat = {"type": "concat", "inputs": [f"layer_numbr_{index}" for index in range(2000)]}
    document = answered(NETWORK, {"input_shape": [1, 3, 8, 8], "layers": [*layers, concat], "detail": "sizes"})
    unknown = [one for one in document["diagnostics"] if one["name"] == "unknown-input"]
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
    """A search that one question may make is cut for each of many, and says so."""
    layer, bounds = {"type": "conv3d"}, {"kernel_size": [1, 60], "stride": [1, 60]}
    unknown = ["kernel_size", "stride", "padding", "dilation"]
    item = {"layer": layer, "input_size": [400, 300, 200], "output_size": [57, 43, 31], "unknown": unknown}
    items = [{**item, "bounds": bounds}] * 50
    results = answered(BATCH, {"operation": "solve", "detail": "sizes", "items": items})["results"]
    assert {one["body"]["complete"] for one in results} == {False}
