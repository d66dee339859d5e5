"""Every case of ONNX's own backend tests, of operator set 6 and newer, as a network: the shapes recorded come out.

The cases of nodes are made by the onnx package; the converted, simple and light models are files in it. What a case
cannot be judged by is said below by its name, its operator or its form, and nothing else is left out.
"""

import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
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

UNKNOWN_OPERATORS: Mapping[str, str] = {
    "OptionalGetElement": "an optional value is no tensor",
    "OptionalHasElement": "an optional value is no tensor",
    "SequenceConstruct": "a sequence of tensors is no tensor",
    "SequenceEmpty": "a sequence of tensors is no tensor",
    "SplitToSequence": "a sequence of tensors is no tensor",
}
"""Operators that are no layers of the service, though tensors lead to them and come out, and why."""
DEPENDS_ON_VALUES: Mapping[str, str] = {
    "Compress": "how many positions are kept",
    "ImageDecoder": "the height and the width of the image",
    "NonMaxSuppression": "how many boxes are picked",
    "NonZero": "how many values are not 0",
    "Unique": "how many values differ",
}
"""Operators with sizes that only the values of their inputs say, so that they are unknown to us; which those are."""
LOOSE_MASKS: Mapping[str, str] = {
    "test_attention_4d_diff_heads_mask4d_padded_kv": "a mask for fewer keys than there are",
    "test_attention_4d_padded_kv_bf16": "a mask for fewer keys than there are",
    "test_attention_4d_causal_padded_kv_bf16": "a mask for fewer keys than there are",
    "test_attention_local_window_ext_cache_rank2_mask": "a mask of one row for several queries",
    "test_attention_local_window_ext_cache_float16_mask": "a mask of one row for several queries",
    "test_attention_local_window_rank1_boolean_mask": "a mask of one axis",
}
"""Cases that onnxruntime's Attention refuses as run, and so do we; the same in plain operators is among the others."""
LEFT_OUT: Mapping[str, int] = {
    "not of tensors alone": 302,
    "an input without elements: sizes of inputs are at least 1": 22,
    "of an operator set before 6": 3,
}
"""Cases that cannot be posted, by the reason."""
NETWORKS: Mapping[str, int] = {
    "all shapes": 1656,
    "sizes that values say are unknown": 32,
    "an unknown operator is named": 12,
    "a refusal": 6,
}
"""Cases that are posted, by what is expected of the answer."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A model with its inputs, and the shapes of the outputs recorded for them."""

    model: onnx.ModelProto
    inputs: tuple[Array, ...] | None
    """None where one is a sequence, an optional value or text."""
    outputs: tuple[list[int], ...] | None

    @property
    def operators(self) -> set[str]:
        """The operators of its nodes."""
        return {node.op_type for node in self.model.graph.node}

    @property
    def opset(self) -> int:
        """The version of ONNX's own operators; the newest where it has none."""
        versions = [entry.version for entry in self.model.opset_import if entry.domain in ("", "ai.onnx")]
        return versions[0] if versions else onnx.defs.onnx_opset_version()

    @cached_property
    def network(self) -> dict[str, Any] | str:
        """The body of the question, or the reason why there is none."""
        if self.opset < OLDEST:
            return f"of an operator set before {OLDEST}"
        if self.inputs is None or self.outputs is None:
            return "not of tensors alone"
        weights = {tensor.name for tensor in self.model.graph.initializer}
        free = [value.name for value in self.model.graph.input if value.name not in weights]
        try:
            network = network_of(self.model, dict(zip(free, self.inputs, strict=True)))
        except NotANetworkError:
            return "not of tensors alone"
        empty = any(0 in shape for shape in network["inputs"].values())
        return "an input without elements: sizes of inputs are at least 1" if empty else network

    @property
    def expected(self) -> str:
        """What is expected of the answer, beside cases that are named."""
        if self.operators & UNKNOWN_OPERATORS.keys():
            return "an unknown operator is named"
        return "sizes that values say are unknown" if self.operators & DEPENDS_ON_VALUES.keys() else "all shapes"


def _arrays(tensors: Any) -> tuple[Array, ...] | None:
    """Tensors as arrays; None where one is a sequence, an optional value or text."""
    arrays = tuple(np.asarray(tensor) for tensor in tensors if isinstance(tensor, np.ndarray | np.generic))
    return arrays if len(arrays) == len(tensors) else None


def _shapes(arrays: tuple[Array, ...] | None) -> tuple[list[int], ...] | None:
    return None if arrays is None else tuple(list(array.shape) for array in arrays)


def _cases_of_nodes() -> Iterator[tuple[str, Case]]:
    for case in collect_testcases(None):
        [(inputs, outputs), *_] = case.data_sets
        yield case.name, Case(model=case.model, inputs=_arrays(inputs), outputs=_shapes(_arrays(outputs)))


def _cases_in_files() -> Iterator[tuple[str, Case]]:
    for folder in FOLDERS:
        for path in sorted((FILES / folder).iterdir()):
            inputs, outputs = _recorded(path, "input"), _recorded(path, "output")
            yield path.name, Case(model=onnx.load(path / "model.onnx"), inputs=inputs, outputs=_shapes(outputs))
    for path in sorted((FILES / "light").glob("*.onnx")):
        model = onnx.load(path)
        weights = {tensor.name for tensor in model.graph.initializer}
        free = [value.type.tensor_type.shape.dim for value in model.graph.input if value.name not in weights]
        inputs = tuple(np.zeros([size.dim_value for size in dims], np.float32) for dims in free)
        output = onnx.load_tensor(path.with_name(f"{path.stem}_output_0.pb"))
        yield path.stem, Case(model=model, inputs=inputs, outputs=_shapes((numpy_helper.to_array(output),)))


def _recorded(path: Path, kind: str) -> tuple[Array, ...]:
    """The tensors in the files of a case, in order; what is no tensor makes no sense, and its model says so."""
    files = sorted(path.glob(f"test_data_set_0/{kind}_*.pb"), key=lambda file: int(NUMBER.findall(file.stem)[-1]))
    return tuple(numpy_helper.to_array(onnx.load_tensor(file)) for file in files)


@cache
def all_cases() -> Mapping[str, Case]:
    """Every case by its name; no name is there twice."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the values of some cases overflow on purpose
        found = [*_cases_of_nodes(), *_cases_in_files()]
    cases = dict(found)
    assert len(cases) == len(found)
    return cases


@pytest.fixture(scope="module")
def reports(client: FlaskClient) -> Mapping[str, dict[str, Any]]:
    """What the service answers about each case that is a network."""
    return {name: _report(client, case.network) for name, case in all_cases().items() if isinstance(case.network, dict)}


def _report(client: FlaskClient, network: dict[str, Any]) -> dict[str, Any]:
    response = client.post("/v1/networks/validate", json=network)
    return response.json if response.status_code == 200 else {"status": response.status_code}


def _errors(report: Mapping[str, Any]) -> set[str]:
    return {found["name"] for found in report["diagnostics"] if found["severity"] == "error"}


def _fits(made: list[list[int | None] | None], recorded: tuple[list[int], ...]) -> bool:
    """Whether shapes are those recorded but for sizes that are unknown, of which there is one at least."""
    whole = all(shape is not None and len(shape) == len(want) for shape, want in zip(made, recorded, strict=True))
    if not whole:
        return False
    pairs = [pair for shape, want in zip(made, recorded, strict=True) for pair in zip(shape or (), want, strict=True)]
    return any(size is None for size, _ in pairs) and all(size in (None, want) for size, want in pairs)


def _named(expected: str, reports: Mapping[str, Any]) -> list[str]:
    return [name for name in reports if all_cases()[name].expected == expected and name not in LOOSE_MASKS]


def test_the_recorded_shapes_come_out(reports: Mapping[str, Any]) -> None:
    wrong = {}
    for name in _named("all shapes", reports):
        recorded = list(all_cases()[name].outputs or ())
        made = list((reports[name].get("output_shapes") or {}).values())
        if not reports[name].get("valid") or made != recorded:
            wrong[name] = (made, recorded, reports[name].get("diagnostics"))
    assert wrong == {}


def test_sizes_that_only_values_say_are_unknown_and_all_others_are_those_recorded(reports: Mapping[str, Any]) -> None:
    wrong = {}
    for name in _named("sizes that values say are unknown", reports):
        recorded = all_cases()[name].outputs or ()
        made = list(reports[name]["output_shapes"].values())
        if not reports[name]["valid"] or not _fits(made, recorded):
            wrong[name] = (made, recorded)
    assert wrong == {}


def test_an_operator_that_is_not_there_is_named_and_nothing_else_is_wrong(reports: Mapping[str, Any]) -> None:
    found = {name: _errors(reports[name]) for name in _named("an unknown operator is named", reports)}
    assert {name: errors for name, errors in found.items() if errors != {"unknown-layer-type"}} == {}


@pytest.mark.parametrize("name", LOOSE_MASKS)
def test_a_mask_that_onnxruntime_refuses_is_refused(reports: Mapping[str, Any], name: str) -> None:
    assert _errors(reports[name]) == {"branch-shape-mismatch"}


def test_every_case_is_posted_or_left_out_for_a_reason(reports: Mapping[str, Any]) -> None:
    reasons = [case.network for case in all_cases().values() if isinstance(case.network, str)]
    assert Counter(reasons) == LEFT_OUT
    expected = ["a refusal" if name in LOOSE_MASKS else all_cases()[name].expected for name in reports]
    assert Counter(expected) == NETWORKS


def test_every_operator_that_is_listed_is_met() -> None:
    met = set().union(*(case.operators for case in all_cases().values() if isinstance(case.network, dict)))
    assert UNKNOWN_OPERATORS.keys() | DEPENDS_ON_VALUES.keys() <= met
