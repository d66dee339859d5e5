"""Every case of ONNX's own backend tests, of operator set 6 and newer, as a network: the shapes recorded come out.

The cases of nodes are made by the onnx package, the converted, simple and light models are files in it. What a case
cannot be judged by is said by name below, and nothing else is left out.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from flask.testing import FlaskClient
from numpy.typing import NDArray
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases

from tests.conformance.onnx_networks import NotANetworkError, network_of

Array = NDArray[Any]
FILES = Path(onnx.__file__).parent / "backend" / "test" / "data"
FOLDERS = ("pytorch-converted", "pytorch-operator", "simple")
OLDEST = 6
NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, kw_only=True)
class Case:
    """A model with its inputs, and the shapes of the outputs recorded for them."""

    name: str
    model: onnx.ModelProto
    inputs: tuple[Array, ...]
    outputs: tuple[list[int], ...]

    @property
    def operators(self) -> list[str]:
        """The operators of its nodes."""
        return [node.op_type for node in self.model.graph.node]

    def network(self) -> dict[str, Any]:
        """The body of the question; raises NotANetworkError."""
        weights = {tensor.name for tensor in self.model.graph.initializer}
        free = [value.name for value in self.model.graph.input if value.name not in weights]
        return network_of(self.model, dict(zip(free, self.inputs, strict=True)))


def _arrays(tensors: Any) -> tuple[Array, ...] | None:
    """Tensors as arrays; None where one is a sequence, an optional value or text."""
    arrays = tuple(np.asarray(tensor) for tensor in tensors if isinstance(tensor, np.ndarray | np.generic))
    return arrays if len(arrays) == len(tensors) else None


def _cases_of_nodes() -> Iterator[Case]:
    for case in collect_testcases(None):
        [(inputs, outputs), *_] = case.data_sets
        arrays, made = _arrays(inputs), _arrays(outputs)
        if arrays is not None and made is not None:
            shapes = tuple(list(array.shape) for array in made)
            yield Case(name=case.name, model=case.model, inputs=arrays, outputs=shapes)


def _cases_in_files() -> Iterator[Case]:
    for folder in FOLDERS:
        for path in sorted((FILES / folder).iterdir()):
            kinds = {kind: _recorded(path, kind) for kind in ("input", "output")}
            if None not in kinds.values():
                shapes = tuple(list(array.shape) for array in kinds["output"] or ())
                model = onnx.load(str(path / "model.onnx"))
                yield Case(name=path.name, model=model, inputs=tuple(kinds["input"] or ()), outputs=shapes)
    for path in sorted((FILES / "light").glob("*.onnx")):
        model = onnx.load(str(path))
        weights = {tensor.name for tensor in model.graph.initializer}
        inputs = tuple(
            np.zeros([size.dim_value for size in value.type.tensor_type.shape.dim], np.float32)
            for value in model.graph.input
            if value.name not in weights
        )
        output = numpy_helper.to_array(onnx.load_tensor(str(path.with_name(f"{path.stem}_output_0.pb"))))
        yield Case(name=path.stem, model=model, inputs=inputs, outputs=(list(output.shape),))


def _recorded(path: Path, kind: str) -> list[Array] | None:
    """The tensors in the files of a case, in order; None where one is no tensor."""
    files = sorted(path.glob(f"test_data_set_0/{kind}_*.pb"), key=lambda file: int(NUMBER.findall(file.stem)[-1]))
    tensors = [onnx.load_tensor(str(file)) for file in files]
    return [numpy_helper.to_array(tensor) for tensor in tensors] if all(t.data_type for t in tensors) else None


@cache
def all_cases() -> Mapping[str, Case]:
    """Every case by name."""
    return {case.name: case for case in (*_cases_of_nodes(), *_cases_in_files())}


@cache
def networks() -> Mapping[str, dict[str, Any]]:
    """The cases that are networks of our operator sets, as they are posted."""
    bodies = {}
    for name, case in all_cases().items():
        try:
            body = case.network()
        except NotANetworkError:
            continue
        if body["opset"] >= OLDEST:
            bodies[name] = body
    return bodies


def unknown_operators(name: str) -> set[str]:
    """The operators of a case that the service does not have."""
    return UNKNOWN_OPERATORS.keys() & set(all_cases()[name].operators)


def _fits(made: list[int | None] | None, recorded: list[int]) -> bool:
    """Whether a shape is the recorded one; sizes that depend on values are unknown."""
    if made is None:
        return False
    return len(made) == len(recorded) and all(a in (None, b) for a, b in zip(made, recorded, strict=True))


@pytest.mark.parametrize("name", [name for name in networks() if not unknown_operators(name)])
def test_the_recorded_shapes_come_out(client: FlaskClient, name: str) -> None:
    case = all_cases()[name]
    report = client.post("/v1/networks/validate", json=networks()[name]).json
    assert report.get("valid"), [error["message"] for error in report.get("diagnostics", report.get("errors"))]
    made = list(report["output_shapes"].values())
    if set(case.operators) & DEPENDS_ON_VALUES:
        assert all(map(_fits, made, case.outputs)), (made, case.outputs)
    else:
        assert made == list(case.outputs)


@pytest.mark.parametrize("name", [name for name in networks() if unknown_operators(name)])
def test_an_operator_that_is_not_there_is_named_and_nothing_else_is_wrong(client: FlaskClient, name: str) -> None:
    report = client.post("/v1/networks/validate", json=networks()[name]).json
    errors = [error for error in report["diagnostics"] if error["severity"] == "error"]
    assert {error["name"] for error in errors} == {"unknown-layer-type"}


def test_only_what_is_listed_is_left_out() -> None:
    left_out = all_cases().keys() - networks().keys()
    why = Counter("old" if _opset(name) < OLDEST else "no network of tensors" for name in left_out)
    assert dict(why) == LEFT_OUT
    assert len(networks()) == NETWORKS


def _opset(name: str) -> int:
    """The operator set of a case; the newest where it has none of ONNX's own."""
    versions = [entry.version for entry in all_cases()[name].model.opset_import if entry.domain in ("", "ai.onnx")]
    return versions[0] if versions else onnx.defs.onnx_opset_version()
