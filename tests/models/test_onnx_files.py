"""ONNX models read, with every shape as onnxruntime computed it."""

import gzip
import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from service.models.posted import ReadingLimits
from tests.golden.reader import HERE
from tests.models.onnx_models import BUILT
from tests.models.onnx_reading import differences, errors_of, judged, read

UNKNOWN = {"branches": {"z"}}
"""Tensors whose size depends on the branch that is taken."""
LAYERS = {
    "gelu": ["gelu", "gelu"],
    "activations": ["hardswish", "hardswish", "silu", "mish"],
    "layer_norm": ["layer_norm"],
    "known_branch": ["Concat"],
    "loop": ["Relu", "Tanh"] * 3 + ["opaque"],
    "function": ["Conv", "LeakyRelu"] * 2,
    "scan": ["parameter", "opaque", "Add", "Relu", "opaque", "opaque"][1:],
    "attention": ["linear", "Reshape", "Transpose"] * 2 + ["MatMul", "Softmax", "MatMul", "Transpose", "Reshape"],
}
"""The types of all layers of a model."""
FILES = os.environ.get("ONNX_FILES")
"""A directory of .onnx files that were recorded; they are no part of the project."""


@cache
def recorded(name: str) -> dict[str, Any]:
    """What onnxruntime made of each model of a recording."""
    lines = gzip.decompress((HERE / "models" / f"{name}.jsonl.gz").read_bytes()).splitlines()
    return {line["file"]: line for line in map(json.loads, lines[1:])}


def test_every_model_is_recorded_and_runs() -> None:
    assert recorded("onnx_built").keys() == BUILT.keys()
    assert all("shapes" in line for line in recorded("onnx_built").values())


@pytest.mark.parametrize("name", BUILT)
def test_every_shape_is_that_of_onnxruntime(name: str) -> None:
    facts = recorded("onnx_built")[name]
    reading = read(BUILT[name].model.SerializeToString(), facts["inputs"])
    judgement = judged(reading.network)
    assert errors_of(judgement) == []
    assert reading.not_understood == ()
    others = differences(reading, judgement, facts["shapes"])[1]
    assert others.keys() == UNKNOWN.get(name, set())
    outputs = [output.name for output in BUILT[name].model.graph.output]
    made = dict(zip(outputs, (judgement.output_shapes or {}).values(), strict=True))
    want = {output: tuple(facts["shapes"][output]) for output in outputs if output not in UNKNOWN.get(name, ())}
    assert {output: made[output] for output in want} == want


@pytest.mark.parametrize("name", BUILT)
def test_sizes_that_the_file_leaves_open_are_unknown(name: str) -> None:
    facts = recorded("onnx_built")[name]
    reading = read(BUILT[name].model.SerializeToString())
    judgement = judged(reading.network)
    assert errors_of(judgement) == []
    for shape, want in differences(reading, judgement, facts["shapes"])[1].values():
        assert shape is not None
        assert len(shape) == len(want)
        assert all(size in (None, wanted) for size, wanted in zip(shape, want, strict=True))


@pytest.mark.parametrize("name", LAYERS)
def test_what_exporters_take_apart_is_put_together(name: str) -> None:
    facts = recorded("onnx_built")[name]
    network = read(BUILT[name].model.SerializeToString(), facts["inputs"]).network
    assert [layer["type"] for layer in network["layers"]] == LAYERS[name]


@pytest.mark.skipif(FILES is None, reason="ONNX_FILES names no directory")
@pytest.mark.parametrize("recording", ["onnx_packages", "onnx_torchvision"])
def test_files_are_whole(recording: str) -> None:
    """Every file of a recording that the directory has, by its digest."""
    wrong, found = {}, 0
    for path in sorted(Path(FILES or "").glob("*.onnx")):
        facts = recorded(recording).get(path.stem)
        data = path.read_bytes()
        if facts is None or facts["sha256"] != hashlib.sha256(data).hexdigest():
            continue
        found += 1
        limits = ReadingLimits(max_model_bytes=len(data))  # four of the files are larger than the service's default
        reading = read(data, facts["inputs"], facts.get("values"), limits)
        judgement = judged(reading.network)
        others = differences(reading, judgement, facts["shapes"])[1]
        if others or errors_of(judgement):
            wrong[path.stem] = (errors_of(judgement)[:3], dict(list(others.items())[:3]))
    assert wrong == {}
    assert found
