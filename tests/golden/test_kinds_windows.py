"""JAX's window reductions against what JAX made of them: shapes, refusals and values, in the words of its users."""

import base64
import json
from functools import cache
from typing import Any

import numpy as np

from service.core.frameworks import FRAMEWORKS
from service.operations.convolve import OPERATION as CONVOLVE
from service.operations.validate_network import OPERATION as VALIDATE
from tests.golden.reader import HERE

Case = dict[str, Any]
LISTS = ("window_dimensions", "window_strides", "base_dilation")
MOST_SPATIAL = 3
"""Spatial axes of a pool."""
AVERAGED = 1e-12
"""How far a mean may be off, of 1."""


@cache
def lines() -> list[Case]:
    text = (HERE / "kinds" / "jax_windows.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def made(case: Case) -> tuple[list[int] | None, list[Case]]:
    """The shape that comes out of a layer as the service says, and its errors."""
    body = {"framework": "jax", "input_shape": case["input"], "layers": [case["layer"]]}
    answer = VALIDATE.respond(body)
    errors = [found for found in answer["diagnostics"] if found["severity"] == "error"]
    return (None if errors else list(answer["output_shape"])), errors


def computed(case: Case) -> np.ndarray:
    """The array that comes out, in 64-bit floats."""
    source = {"shape": case["input"], "data": case["numbers"], "dtype": "float64"}
    body = {"framework": "jax", "input": source, "layer": case["layer"], "respond_with": "base64"}
    output = CONVOLVE.respond(body)["output"]
    return np.frombuffer(base64.b64decode(output["base64"]), np.float64).reshape(output["shape"])


def is_no_pool(case: Case) -> bool:
    """Whether a reduction reaches over axes that no pool has together: then it is refused, whatever JAX does."""
    layer = case["layer"]
    if not layer["type"].endswith("reduce_window"):
        return False
    count, pads = len(layer["window_dimensions"]), layer.get("padding", "VALID")
    pads = [[0, 0]] * count if isinstance(pads, str) else pads
    lists = [layer[name] for name in LISTS if name in layer]
    used = {axis for axis in range(count) if any(pads[axis]) or any(entries[axis] != 1 for entries in lists)}
    behind = set(range(max(count - MOST_SPATIAL, 1), count))
    before_last = set(range(max(count - 1 - MOST_SPATIAL, 0), count - 1))
    with_pairs_and_many_axes = count > MOST_SPATIAL + 2 and any(map(any, pads))
    return count < 2 or with_pairs_and_many_axes or not (used <= behind or used <= before_last)


def fits_an_array_request(case: Case) -> bool:
    """Arrays have a batch and channels beside the spatial axes, at most; our own types say how many those are."""
    type_ = case["layer"]["type"]
    most = MOST_SPATIAL if "." in type_ else int(type_[-2])
    return not is_no_pool(case) and len(case["input"]) <= most + 2


def test_it_was_recorded_from_the_version_that_the_service_names() -> None:
    assert lines()[0]["version"] == FRAMEWORKS["jax"].version


def test_there_are_cases_of_every_kind_accepted_and_refused() -> None:
    cases = lines()[1:]
    assert len(cases) >= 500
    assert 0.15 < sum("refused" in case for case in cases) / len(cases) < 0.5
    assert sum("values" in case for case in cases) > 0.2 * len(cases)
    dilated = [case for case in cases if "output" in case and set(case["layer"].get("base_dilation", ())) - {1}]
    assert len(dilated) > 0.2 * len(cases)
    no_pools = [case for case in cases if "output" in case and is_no_pool(case)]
    assert 0 < len(no_pools) < 0.2 * len(cases)


def test_every_shape_and_every_refusal_is_that_of_jax() -> None:
    wrong = []
    for case in lines()[1:]:
        shape, errors = made(case)
        if "output" in case and is_no_pool(case):
            right = [error["location"] for error in errors] == ["/layers/0/window_dimensions"]
        else:
            right = shape == case.get("output")
        if not right:
            wrong.append((case, shape, [error["message"] for error in errors]))
    assert not wrong, f"{len(wrong)} disagreements, the first: {wrong[0]}"


def test_every_value_is_that_of_jax() -> None:
    """All but the averages are exact."""
    valued = [case for case in lines()[1:] if "values" in case and fits_an_array_request(case)]
    assert len(valued) >= 100
    for case in valued:
        output, wanted = computed(case), np.array(case["values"], float).reshape(case["output"])
        tolerance = AVERAGED if "avg_pool" in case["layer"]["type"] else 0.0
        np.testing.assert_allclose(output, wanted, rtol=tolerance, atol=tolerance, err_msg=str(case["layer"]))
