"""ONNX's own backend tests as files: each is read as a posted model is, and gives the recorded shapes.

What says how an operator works is an input in these models; its values are given as a request gives them.
"""

from functools import cache
from typing import Any

import numpy as np

from service.models.reading import UnreadableModelError
from tests.conformance.test_onnx_shapes import DEPENDS_ON_VALUES, LOOSE_MASKS, OLDEST, Case, all_cases
from tests.models.onnx_reading import errors_of, judged, read

MOST_GIVEN = 32
"""Elements of an input whose values are given."""
NOT_FOLLOWED = ("test_range_float", "test_range_bfloat16", "test_affine_grid", "test_loop11")
"""Cases, beside those that depend on values anyway, with sizes that are not followed.

Numbers with a fraction say them, a Split takes them apart, or a loop makes one row each time that it runs.
"""


def _outcome(case: Case) -> tuple[str, Any]:
    weights = {tensor.name for tensor in case.model.graph.initializer}
    free = [value.name for value in case.model.graph.input if value.name not in weights]
    given = dict(zip(free, case.inputs or (), strict=False))
    values = {name: array for name, array in given.items()
              if array.dtype.kind in "iu" and array.ndim < 2 and array.size <= MOST_GIVEN}  # fmt: skip
    shapes = {name: array.shape for name, array in given.items()}
    try:
        judgement = judged(read(case.model.SerializeToString(), shapes, values).network)
    except UnreadableModelError as error:
        return "refused", error.message
    if errors := errors_of(judgement):
        return "errors", errors
    made = list((judgement.output_shapes or {}).values())
    want = [tuple(shape) for shape in case.outputs or ()]
    if case.inputs is None or case.outputs is None:
        return "read", None
    if made == want:
        return "equal", None
    fits = len(made) == len(want) and all(
        shape is None or (len(shape) == len(wanted) and all(map(_may_be, shape, wanted)))
        for shape, wanted in zip(made, want, strict=True)
    )
    return "unknown" if fits else "wrong", (made, want)


def _may_be(size: int | None, wanted: int) -> bool:
    return size in (None, wanted)


@cache
def outcomes() -> dict[str, tuple[str, Any]]:
    """What comes of each case, by its name."""
    with np.errstate(all="ignore"):
        return {name: _outcome(case) for name, case in all_cases().items()}


def _named(kind: str) -> dict[str, Any]:
    return {name: told for name, (found, told) in outcomes().items() if found == kind}


def test_no_shape_is_wrong() -> None:
    assert _named("wrong") == {}


def test_most_shapes_are_those_recorded() -> None:
    assert len(_named("equal")) > 1700


def test_what_is_refused_is_what_onnxruntime_refuses() -> None:
    assert _named("errors").keys() == LOOSE_MASKS.keys()


def test_files_of_older_operator_sets_are_refused() -> None:
    assert _named("refused").keys() <= {name for name, case in all_cases().items() if case.opset < OLDEST}


def test_sizes_are_unknown_only_where_values_say_them() -> None:
    surprising = {
        name: told
        for name, told in _named("unknown").items()
        if not all_cases()[name].operators & DEPENDS_ON_VALUES.keys()
        and not name.startswith(NOT_FOLLOWED)
        and not any(0 in shape for shape in all_cases()[name].outputs or ())
    }
    assert surprising == {}
