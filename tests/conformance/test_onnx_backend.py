"""ONNX's own backend tests of window layers, each a model of one node, run through `POST /v1/convolve`.

The onnx package makes the node cases when they are imported. The converted cases are files in the package. Each case is
a model, its inputs and the outputs recorded for them.
"""

import io
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from flask.testing import FlaskClient
from numpy.typing import NDArray
from onnx import numpy_helper
from onnx.backend.test.case import node as node_cases
from werkzeug.test import TestResponse

Array = NDArray[Any]
PostForm = Callable[..., TestResponse]

LAYER_OF: Mapping[str, str] = {
    "Conv": "conv",
    "ConvTranspose": "conv_transpose",
    "MaxPool": "max_pool",
    "AveragePool": "avg_pool",
    "LpPool": "lp_pool",
    "GlobalMaxPool": "global_max_pool",
    "GlobalAveragePool": "global_avg_pool",
}
OPERANDS = ("input", "weight", "bias")
FILES = Path(onnx.__file__).parent / "backend" / "test" / "data"
FOLDERS = ("pytorch-converted", "pytorch-operator")

COUNTS = {
    "Conv": 33,
    "ConvTranspose": 14,
    "MaxPool": 28,
    "AveragePool": 25,
    "LpPool": 8,
    "GlobalMaxPool": 2,
    "GlobalAveragePool": 2,
}
"""Cases per operator."""

ROUNDED = frozenset({"test_averagepool_2d_ceil_last_window_starts_on_pad"})
"""Cases whose output is recorded with four digits."""

SEVERAL_NODES = {
    "test_AvgPool1d": ["Unsqueeze", "AveragePool", "Squeeze"],
    "test_AvgPool1d_stride": ["Unsqueeze", "AveragePool", "Squeeze"],
}
"""Cases left out because the layer is one of several nodes."""

NOT_SUPPORTED: Mapping[str, str] = {
    "test_maxpool_with_argmax_2d_precomputed_pads": "the second output, the positions of the maxima, is not computed",
    "test_maxpool_with_argmax_2d_precomputed_strides": "`storage_order` orders the positions of the maxima, see above",
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One model of one node, with its recorded inputs and outputs."""

    name: str
    operator: str
    attributes: Mapping[str, Any]
    inputs: tuple[Array, ...]
    outputs: tuple[Array, ...]
    nodes: tuple[str, ...]


def _case(name: str, model: onnx.ModelProto, inputs: list[Array], outputs: list[Array]) -> Case | None:
    """A case, if the model has one of our operators. Weights in the model count as inputs."""
    operators = tuple(node.op_type for node in model.graph.node)
    ours = [node for node in model.graph.node if node.op_type in LAYER_OF]
    if not ours:
        return None
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    free = (value.name for value in model.graph.input if value.name not in weights)
    values = weights | dict(zip(free, inputs, strict=True))
    attributes = {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in ours[0].attribute}
    return Case(
        name=name,
        operator=ours[0].op_type,
        attributes={key: value.decode() if isinstance(value, bytes) else value for key, value in attributes.items()},
        inputs=tuple(values[name] for name in ours[0].input if name) if len(operators) == 1 else (),
        outputs=tuple(outputs),
        nodes=operators,
    )


def _cases_of_nodes() -> Iterator[Case | None]:
    """The cases that the onnx package makes when a module of them is imported."""
    for operator in LAYER_OF:
        import_module(f"onnx.backend.test.case.node.{operator.lower()}")
    for case in node_cases._NodeTestCases:
        [(inputs, outputs)] = case.data_sets
        yield _case(case.name, case.model, list(inputs), list(outputs))


def _cases_in_files() -> Iterator[Case | None]:
    """The cases that are files in the onnx package."""
    for folder in FOLDERS:
        for path in sorted((FILES / folder).iterdir()):
            tensors = {
                kind: [
                    numpy_helper.to_array(onnx.load_tensor(str(file)))
                    for file in sorted(path.glob(f"test_data_set_0/{kind}_*.pb"))
                ]
                for kind in ("input", "output")
            }
            yield _case(path.name, onnx.load(str(path / "model.onnx")), tensors["input"], tensors["output"])


@cache
def all_cases() -> Mapping[str, Case]:
    """Every case by name."""
    return {case.name: case for case in (*_cases_of_nodes(), *_cases_in_files()) if case is not None}


def cases(*, supported: bool) -> list[Any]:
    """The supported cases of one node, or the others, as test parameters."""
    chosen = [
        case
        for name, case in all_cases().items()
        if name not in SEVERAL_NODES and (name not in NOT_SUPPORTED) is supported
    ]
    return [pytest.param(case, id=f"{case.operator}-{case.name.removeprefix('test_')}") for case in chosen]


def layer_of(case: Case) -> dict[str, Any]:
    """The layer, spelled as the node spells it; its rank is the input's."""
    rank = case.inputs[0].ndim - 2
    flags = {"ceil_mode", "count_include_pad"}
    attributes = {key: bool(value) if key in flags else value for key, value in case.attributes.items()}
    return {"type": f"{LAYER_OF[case.operator]}{rank}d", **attributes}


def base64_array(array: Array) -> dict[str, Any]:
    data = b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"shape": list(array.shape), "dtype": array.dtype.name, "base64": data}


def as_json(client: FlaskClient, case: Case) -> TestResponse:
    arrays = {name: base64_array(array) for name, array in zip(OPERANDS, case.inputs, strict=False)}
    body = {"framework": "onnx", "layer": layer_of(case), "respond_with": "base64", **arrays}
    return client.post("/v1/convolve", json=body)


def as_npy(post_form: PostForm, case: Case) -> TestResponse:
    parts = dict(zip(OPERANDS, case.inputs, strict=False))
    return post_form({"framework": "onnx", "layer": layer_of(case)}, accept="application/x-npy", **parts)


def assert_recorded(computed: Array, case: Case) -> None:
    """Check that the output equals the recorded one: exactly for integers and maxima, closely for sums."""
    recorded = case.outputs[0]
    assert computed.shape == recorded.shape
    if recorded.dtype.kind in "iu" or case.operator in ("MaxPool", "GlobalMaxPool"):
        np.testing.assert_array_equal(computed, recorded)
    else:
        np.testing.assert_allclose(computed, recorded, rtol=1e-4, atol=1e-4 if case.name in ROUNDED else 1e-5)


@pytest.mark.parametrize("case", cases(supported=True))
def test_a_case_posted_as_json_gives_the_recorded_output(client: FlaskClient, case: Case) -> None:
    response = as_json(client, case)
    assert response.status_code == 200, response.data[:500]
    output = json.loads(response.data)["output"]
    computed = np.frombuffer(b64decode(output["base64"]), output["dtype"]).reshape(output["shape"])
    assert_recorded(computed, case)


@pytest.mark.parametrize("case", cases(supported=True))
def test_a_case_posted_as_npy_gives_the_recorded_output(post_form: PostForm, case: Case) -> None:
    response = as_npy(post_form, case)
    assert response.status_code == 200, response.data[:500]
    computed = np.load(io.BytesIO(response.data))
    assert computed.dtype == case.outputs[0].dtype
    assert_recorded(computed, case)


@pytest.mark.parametrize("case", cases(supported=False))
def test_what_is_listed_as_not_supported_is_not_answered_in_full(client: FlaskClient, case: Case) -> None:
    """A case that the service answers with every recorded output must be removed from the table."""
    response = as_json(client, case)
    if response.status_code == 200:
        outputs = [key for key in json.loads(response.data) if key in ("output", "indices")]
        assert len(outputs) < len(case.outputs)
    else:
        assert response.status_code == 422
        assert {error["name"] for error in json.loads(response.data)["errors"]} == {"unknown-parameter"}


def test_the_maxima_are_right_where_only_their_positions_are_not_supported(post_form: PostForm) -> None:
    case = all_cases()["test_maxpool_with_argmax_2d_precomputed_pads"]
    response = as_npy(post_form, case)
    assert response.status_code == 200, response.data[:500]
    assert_recorded(np.load(io.BytesIO(response.data)), case)


def test_only_existing_cases_are_listed_as_not_supported() -> None:
    assert all_cases().keys() >= NOT_SUPPORTED.keys()


def test_no_case_is_missed() -> None:
    operators = [case.operator for name, case in all_cases().items() if name not in SEVERAL_NODES]
    assert {operator: operators.count(operator) for operator in LAYER_OF} == COUNTS


def test_only_cases_of_several_nodes_are_left_out() -> None:
    assert {name: list(case.nodes) for name, case in all_cases().items() if len(case.nodes) > 1} == SEVERAL_NODES
