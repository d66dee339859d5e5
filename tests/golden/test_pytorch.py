"""The service against what PyTorch really did: every recorded shape, refusal and value."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from service.core.convolve import engine
from service.core.convolve.engine import Operands
from service.core.description import Description
from service.core.diagnostics import Diagnostic
from service.core.frameworks import PYTORCH
from service.core.layers import LAYERS
from service.core.sizes import answer, shaped_site
from service.schemas.layers import describe
from tests.golden.reader import cases, version

SHAPES = [case for case in cases("pytorch", "shapes") if 0 not in case["input"]]
"""Inputs without positions are not taken: the smallest size is 1."""
VALUES = list(cases("pytorch", "values"))
TYPES = sorted({case["layer"]["type"] for case in SHAPES})

REFUSED_HERE = "an output without positions is refused here, where PyTorch lets some of them pass"
MORE_AXES_THAN_A_BATCH = "constant padding of an array with more axes than batch, channels and those padded"


def outcome(case: dict[str, Any]) -> tuple[list[int | None] | None, list[Diagnostic]]:
    """The output shape, or None and the errors."""
    described = describe(case["layer"], ("layer",))
    if described.diagnostics:
        return None, list(described.diagnostics)
    site = shaped_site(described, PYTORCH, tuple(case["input"]))
    assert site is not None
    found = answer(site)
    errors = [one for one in found.diagnostics if one.is_error]
    return (None if errors else list(found.output_shape or ())), errors


def test_the_rules_were_recorded_from_the_version_that_the_service_names() -> None:
    assert version("pytorch") == PYTORCH.version


def test_there_are_enough_cases_and_a_third_of_them_are_refusals() -> None:
    refused = sum("refused" in case for case in SHAPES)
    assert len(SHAPES) > 5_500
    assert 0.25 < refused / len(SHAPES) < 0.45
    assert min(Counter(case["layer"]["type"] for case in SHAPES).values()) > 50


@pytest.mark.parametrize("type_name", TYPES)
def test_every_shape_and_refusal_is_pytorchs(type_name: str) -> None:
    wrong = []
    for case in SHAPES:
        if case["layer"]["type"] != type_name:
            continue
        expected = case.get("output")
        if expected is not None and 0 in expected:  # see REFUSED_HERE
            expected = None
        found, errors = outcome(case)
        if found != expected:
            wrong.append((case, found, [one.message for one in errors]))
    assert not wrong, f"{len(wrong)} disagreements, the first: {wrong[0]}"


@pytest.mark.parametrize("type_name", TYPES)
def test_a_refusal_names_a_place_and_what_to_do(type_name: str) -> None:
    """Every refused case has errors, each with a location in the layer and a help."""
    for case in SHAPES:
        if case["layer"]["type"] == type_name and "refused" in case:
            errors = outcome(case)[1]
            assert errors
            assert all(one.help and one.location[:1] in (("layer",), ("input_shape",)) for one in errors), case


def array(recorded: dict[str, Any]) -> NDArray[Any]:
    return np.array(recorded["data"], dtype=float).reshape(recorded["shape"])


def computed(case: dict[str, Any]) -> NDArray[Any]:
    optional = {name: array(case[name]) if case.get(name) else None for name in ("weight", "bias")}
    operands = Operands(source=array(case["input"]), weight=optional["weight"], bias=optional["bias"])
    described: Description = describe(case["layer"], ("layer",))
    arrangement = engine.arrange(described, operands, PYTORCH, None)
    assert not isinstance(arrangement, list), [one.message for one in arrangement]
    job = engine.prepare(described, arrangement, operands, PYTORCH)
    assert not isinstance(job, list), [one.message for one in job]
    return engine.run(job).output


def fits_an_array_request(case: dict[str, Any]) -> bool:
    """See MORE_AXES_THAN_A_BATCH."""
    padding = case["layer"].get("padding")
    rank = len(padding) if case["layer"]["type"] == "pad" and isinstance(padding, list) else 3
    return len(case["input"]["shape"]) <= rank + 2


def test_all_but_a_few_value_cases_are_computed() -> None:
    left_out = [case for case in VALUES if not fits_an_array_request(case)]
    assert len(VALUES) > 1_000
    assert len(left_out) < 5, MORE_AXES_THAN_A_BATCH


@pytest.mark.parametrize("type_name", sorted({case["layer"]["type"] for case in VALUES}))
def test_every_value_is_pytorchs(type_name: str) -> None:
    """Sums of small integers are exact; means and roots are within rounding of float64."""
    exact = LAYERS[type_name].family in {"conv", "conv_transpose", "max_pool", "adaptive_max_pool", "pad"}
    for case in VALUES:
        if case["layer"]["type"] != type_name or not fits_an_array_request(case):
            continue
        found, expected = computed(case), array(case["output"])
        assert found.shape == expected.shape, case["layer"]
        tolerance = 0.0 if exact else 1e-12
        np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance, err_msg=str(case["layer"]))
