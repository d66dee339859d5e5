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
from service.core.questions.sizes import shaped_site, sizes_at
from service.operations.shared.array_job import APPLICABLE
from service.schemas.read_layer import describe
from tests.golden.reader import HERE, cases, version

Case = dict[str, Any]
RECORDED = sorted(name for name in FRAMEWORKS if (HERE / name / "shapes.jsonl").exists())
EXACT = {"conv", "conv_transpose", "max_pool", "adaptive_max_pool", "global_max_pool", "pad", "crop", "upsample"}
TOLERANCE = {"onnx": 1e-5, "keras": 1e-6}
"""Means and roots of ONNX and Keras were recorded in float32; everything else in float64."""


def left_out(framework: str, case: Case) -> str | None:
    """Why a case is not compared, in the rare places where we differ on purpose; see docs/frameworks.md."""
    layer = case["layer"]
    kind = LAYERS.get(layer["type"])
    family = kind.family if kind else ""
    if not case["input"] or 0 in case["input"]:
        return "an array without axes or elements is not a layer's input"
    if case.get("refused") == "process died":
        return "the framework kills its process, which is neither an answer nor a refusal"
    if framework == "keras" and family == "adaptive_max_pool" and "refused" in case:
        return "windows of one position crash or stop the maximum pool's back end, an accident of the build"
    if framework == "keras" and family.startswith("adaptive"):
        rank = kind.rank if kind else 0
        if len(case["input"]) == 3 and rank != 1:
            return "Keras looks at the input's axes only, not at those the layer's name says"
        if layer.get("data_format", "channels_last") not in ("channels_last", "channels_first"):
            return "letter case, which Keras ignores in every layer but this one"
    of_one_axis = family in ("crop", "upsample") and len(case["input"]) <= 3
    if framework == "keras" and of_one_axis and ("data_format" in layer or isinstance(layer.get("size"), list)):
        return "Cropping1D and UpSampling1D have no data_format and take no list, ours are of any rank"
    if framework == "jax" and "padding" not in layer and set(layer.get("lhs_dilation", [1])) != {1}:
        return "JAX has no default padding; the recorder's is a name, which does not go with lhs_dilation, ours is none"
    if framework == "keras" and kind and any(layer.get(SPELLED[name]) is None for name in kind.layer.declares):
        return "a layer without filters or units is answered as far as sizes go, with null for its channels"
    return None


SPELLED = {"out_channels": "filters", "out_features": "units"}


@cache
def compared(framework: str) -> list[Case]:
    return [case for case in cases(framework, "shapes") if left_out(framework, case) is None]


def types(name: str) -> list[Any]:
    return [
        pytest.param(framework, type_name, id=f"{framework}-{type_name}")
        for framework in RECORDED
        for type_name in sorted({case["layer"]["type"] for case in cases(framework, name)})
        if name == "shapes" or type_name in APPLICABLE
    ]


def outcome(framework: str, case: Case) -> tuple[list[int | None] | None, list[Diagnostic]]:
    """The output shape and no errors, or None and the errors."""
    row = FRAMEWORKS[framework].at(case.get("opset"))
    described = describe(case["layer"], ("layer",), framework=row)
    if described.diagnostics:
        return None, list(described.diagnostics)
    site = shaped_site(described, row, tuple(case["input"]))
    assert site is not None
    sizes = sizes_at(site)
    errors = [diagnostic for diagnostic in sizes.diagnostics if diagnostic.is_error]
    return (None if errors else list(sizes.output_shape or ())), errors


def expected(framework: str, case: Case) -> list[int] | None:
    """What the framework did; an output without positions counts as a refusal where it is not defined: not in JAX."""
    output: list[int] | None = case.get("output")
    return None if output is not None and 0 in output and framework != "jax" else output


@pytest.mark.parametrize("framework", RECORDED)
def test_the_rules_were_recorded_from_the_version_that_the_service_names(framework: str) -> None:
    assert version(framework) == FRAMEWORKS[framework].version


@pytest.mark.parametrize("framework", RECORDED)
def test_there_are_enough_cases_and_about_a_third_of_them_are_refusals(framework: str) -> None:
    compared_cases = compared(framework)
    refused = sum("refused" in case for case in compared_cases)
    assert len(compared_cases) > 3_000
    assert 0.2 < refused / len(compared_cases) < 0.45
    everything = [case for case in cases(framework, "shapes") if case["input"] and 0 not in case["input"]]
    counted = [case for case in everything if not case["layer"]["type"].startswith("adaptive")]
    assert sum(left_out(framework, case) is not None for case in counted) < 0.02 * len(counted)
    assert min(Counter(case["layer"]["type"] for case in compared_cases).values()) > 15


@pytest.mark.parametrize(("framework", "type_name"), types("shapes"))
def test_every_shape_and_refusal_equals_the_frameworks(framework: str, type_name: str) -> None:
    wrong = []
    for case in compared(framework):
        if case["layer"]["type"] == type_name:
            output, errors = outcome(framework, case)
            if output != expected(framework, case):
                wrong.append((case, output, [diagnostic.message for diagnostic in errors]))
    assert not wrong, f"{len(wrong)} disagreements, the first: {wrong[0]}"


@pytest.mark.parametrize(("framework", "type_name"), types("shapes"))
def test_a_refusal_names_a_place_and_what_to_do(framework: str, type_name: str) -> None:
    """Every refused case has errors, each with a location in what was posted and a help."""
    for case in compared(framework):
        if case["layer"]["type"] == type_name and "refused" in case:
            errors = outcome(framework, case)[1]
            assert errors, case
            assert all(error.help and error.location[:1] in (("layer",), ("input_shape",)) for error in errors), case


def array(recorded: Case) -> NDArray[Any]:
    return np.array(recorded["data"], dtype=float).reshape(recorded["shape"])


def computed(framework: str, case: Case) -> NDArray[Any]:
    row = FRAMEWORKS[framework].at(case.get("opset"))
    source, weight, bias, pointwise = (
        array(case[name]) if case.get(name) else None for name in ("input", "weight", "bias", "pointwise_weight")
    )
    assert source is not None
    operands = Operands(source=source, weight=weight, bias=bias, pointwise=pointwise)
    known = {"kernel_size": 1} if operands.weight is not None else {}
    described = describe(case["layer"], ("layer",), framework=row, supplied=known)
    arrangement = engine.arrange(described, operands, row, None)
    assert not isinstance(arrangement, list), [fact.message for fact in arrangement]
    kernel = engine.kernel_shape(arrangement, operands)
    described = describe(case["layer"], ("layer",), framework=row, supplied={"kernel_size": kernel} if kernel else {})
    job = engine.prepare(described, arrangement, operands, row)
    assert not isinstance(job, list), [fact.message for fact in job]
    return engine.run(job).output


def fits_an_array_request(framework: str, case: Case) -> bool:
    """Some layers are not applied to arrays, and some arrays have more axes than batch, channels and those padded."""
    if case["layer"]["type"] not in APPLICABLE:
        return False
    if left_out(framework, {**case, "input": case["input"]["shape"]}) and case["layer"]["type"].startswith("adaptive"):
        return False
    padding = case["layer"].get("padding")
    rank = LAYERS[case["layer"]["type"]].rank or (len(padding) if isinstance(padding, list) else 3)
    return len(case["input"]["shape"]) <= rank + 2


@pytest.mark.parametrize("framework", RECORDED)
def test_all_but_a_few_value_cases_are_computed(framework: str) -> None:
    applicable = [case for case in cases(framework, "values") if case["layer"]["type"] in APPLICABLE]
    assert len(applicable) >= 500
    assert sum(not fits_an_array_request(framework, case) for case in applicable) < 20


@pytest.mark.parametrize(("framework", "type_name"), types("values"))
def test_every_value_equals_the_frameworks(framework: str, type_name: str) -> None:
    """Sums of small integers are exact; means and roots are within rounding."""
    tolerance = 0.0 if LAYERS[type_name].family in EXACT else TOLERANCE.get(framework, 1e-12)
    for case in cases(framework, "values"):
        if case["layer"]["type"] != type_name or not fits_an_array_request(framework, case):
            continue
        output, wanted = computed(framework, case), array(case["output"])
        assert output.shape == wanted.shape, case["layer"]
        np.testing.assert_allclose(output, wanted, rtol=tolerance, atol=tolerance, err_msg=str(case["layer"]))
