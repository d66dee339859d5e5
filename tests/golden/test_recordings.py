"""The service against what the frameworks really did: every recorded shape, refusal and value."""

from collections import Counter
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from service.core.convolve import engine
from service.core.convolve.engine import Operands
from service.core.diagnostics import Diagnostic
from service.core.frameworks import FRAMEWORKS
from service.core.layers import LAYERS
from service.core.sizes import answer, shaped_site
from service.schemas.layers import describe
from tests.golden.reader import HERE, cases, version

Case = dict[str, Any]
RECORDED = sorted(name for name in FRAMEWORKS if (HERE / name / "shapes.jsonl").exists())
EXACT = {"conv", "conv_transpose", "max_pool", "adaptive_max_pool", "global_max_pool", "pad", "crop", "upsample"}
TOLERANCE = {"onnx": 1e-5}
"""ONNX' means and roots were recorded in float32; everything else in float64."""


def left_out(framework: str, case: Case) -> str | None:
    """Why a case is not compared, in the rare places where we differ on purpose; see docs/frameworks.md."""
    family = LAYERS[case["layer"]["type"]].family if case["layer"]["type"] in LAYERS else ""
    if 0 in case["input"]:
        return "sizes of 0 are not taken"
    if not case["input"]:
        return "an array without axes is not a layer's input"
    if framework == "onnx" and family == "batch_norm" and len(case["input"]) == 1:
        return "batch normalisation of a single axis has no channels"
    return None


@cache
def compared(framework: str) -> list[Case]:
    return [case for case in cases(framework, "shapes") if left_out(framework, case) is None]


def types(name: str) -> list[Any]:
    return [
        pytest.param(framework, type_name, id=f"{framework}-{type_name}")
        for framework in RECORDED
        for type_name in sorted({case["layer"]["type"] for case in cases(framework, name)})
    ]


def outcome(framework: str, case: Case) -> tuple[list[int | None] | None, list[Diagnostic]]:
    """The output shape, or None and the errors."""
    row = FRAMEWORKS[framework].at(case.get("opset"))
    described = describe(case["layer"], ("layer",), framework=row)
    if described.diagnostics:
        return None, list(described.diagnostics)
    site = shaped_site(described, row, tuple(case["input"]))
    assert site is not None
    found = answer(site)
    errors = [one for one in found.diagnostics if one.is_error]
    return (None if errors else list(found.output_shape or ())), errors


def expected(framework: str, case: Case) -> list[int] | None:
    """What the framework did; an output without positions counts as a refusal where it is not defined: not in JAX."""
    output: list[int] | None = case.get("output")
    return None if output is not None and 0 in output and framework != "jax" else output


@pytest.mark.parametrize("framework", RECORDED)
def test_the_rules_were_recorded_from_the_version_that_the_service_names(framework: str) -> None:
    assert version(framework) == FRAMEWORKS[framework].version


@pytest.mark.parametrize("framework", RECORDED)
def test_there_are_enough_cases_and_about_a_third_of_them_are_refusals(framework: str) -> None:
    found = compared(framework)
    refused = sum("refused" in case for case in found)
    assert len(found) > 3_000
    assert 0.2 < refused / len(found) < 0.45
    everything = list(cases(framework, "shapes"))
    assert len(everything) - len(found) - sum(0 in case["input"] for case in everything) < 40
    assert min(Counter(case["layer"]["type"] for case in found).values()) > 15


@pytest.mark.parametrize(("framework", "type_name"), types("shapes"))
def test_every_shape_and_refusal_is_the_frameworks(framework: str, type_name: str) -> None:
    wrong = []
    for case in compared(framework):
        if case["layer"]["type"] == type_name:
            found, errors = outcome(framework, case)
            if found != expected(framework, case):
                wrong.append((case, found, [one.message for one in errors]))
    assert not wrong, f"{len(wrong)} disagreements, the first: {wrong[0]}"


@pytest.mark.parametrize(("framework", "type_name"), types("shapes"))
def test_a_refusal_names_a_place_and_what_to_do(framework: str, type_name: str) -> None:
    """Every refused case has errors, each with a location in what was posted and a help."""
    for case in compared(framework):
        if case["layer"]["type"] == type_name and "refused" in case:
            errors = outcome(framework, case)[1]
            assert errors, case
            assert all(one.help and one.location[:1] in (("layer",), ("input_shape",)) for one in errors), case


def array(recorded: Case) -> NDArray[Any]:
    return np.array(recorded["data"], dtype=float).reshape(recorded["shape"])


def computed(framework: str, case: Case) -> NDArray[Any]:
    row = FRAMEWORKS[framework].at(case.get("opset"))
    optional = {name: array(case[name]) if case.get(name) else None for name in ("weight", "bias")}
    operands = Operands(source=array(case["input"]), weight=optional["weight"], bias=optional["bias"])
    known = {"kernel_size": 1} if operands.weight is not None else {}
    described = describe(case["layer"], ("layer",), framework=row, supplied=known)
    arrangement = engine.arrange(described, operands, row, None)
    assert not isinstance(arrangement, list), [one.message for one in arrangement]
    kernel = engine.kernel_shape(arrangement, operands)
    described = describe(case["layer"], ("layer",), framework=row, supplied={"kernel_size": kernel} if kernel else {})
    job = engine.prepare(described, arrangement, operands, row)
    assert not isinstance(job, list), [one.message for one in job]
    return engine.run(job).output


def fits_an_array_request(case: Case) -> bool:
    """Padding of an array with more axes than batch, channels and those padded is not an array request."""
    padding = case["layer"].get("padding")
    rank = len(padding) if case["layer"]["type"] == "pad" and isinstance(padding, list) else 3
    return len(case["input"]["shape"]) <= rank + 2


@pytest.mark.parametrize("framework", RECORDED)
def test_all_but_a_few_value_cases_are_computed(framework: str) -> None:
    found = list(cases(framework, "values"))
    assert len(found) >= 500
    assert sum(not fits_an_array_request(case) for case in found) < 10


@pytest.mark.parametrize(("framework", "type_name"), types("values"))
def test_every_value_is_the_frameworks(framework: str, type_name: str) -> None:
    """Sums of small integers are exact; means and roots are within rounding."""
    tolerance = 0.0 if LAYERS[type_name].family in EXACT else TOLERANCE.get(framework, 1e-12)
    for case in cases(framework, "values"):
        if case["layer"]["type"] != type_name or not fits_an_array_request(case):
            continue
        found, wanted = computed(framework, case), array(case["output"])
        assert found.shape == wanted.shape, case["layer"]
        np.testing.assert_allclose(found, wanted, rtol=tolerance, atol=tolerance, err_msg=str(case["layer"]))
