"""Which cases of a framework are recorded: shapes with as many different refusals as there are, and values."""

import json
import random
import re
from collections.abc import Callable, Mapping
from itertools import islice, zip_longest
from math import isfinite, prod
from pathlib import Path
from typing import Any

from tests.golden.record import forked
from tests.golden.record.layers.drafts import Layer, Shape
from tests.golden.record.recorder import Case, Recorder

CANDIDATES_PER_CASE = 5
VALUE_CANDIDATES_PER_CASE = 20
REFUSED_SHARE = 1 / 3
EMPTY_SHARE = 0.05
"""Of the cases, those accepted with a size of 0."""
MOST_VALUES = 300
"""Elements of an array whose values are recorded."""

CaseRecorder = Callable[[Recorder, str, random.Random, int], list[Case]]
"""(recorder, type of layer, random numbers, how many) → cases."""


def write_cases(path: Path, header: Case, cases: list[Case]) -> None:
    """Write a header line, then one case a line."""
    lines = [{**header, "cases": len(cases)}, *cases]
    path.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))


def record(make: CaseRecorder, recorder: Recorder, weights: Mapping[str, int], seed: int, count: int) -> list[Case]:
    """About `count` cases, shared out over the types by weight; each type has random numbers of its own."""
    cases: list[Case] = []
    for type_, share in recorder.sampler.shares(weights, count).items():
        cases += make(recorder, type_, random.Random(f"{seed} {type_}"), share)
    return [kept for case in cases if (kept := recorder.finish(case)) is not None]


# --- shapes -----------------------------------------------------------------------------------------------------------


def shape_cases(recorder: Recorder, type_: str, rng: random.Random, count: int) -> list[Case]:
    """Two thirds accepted, one third refused for as many different reasons as there are."""
    drawn = list(islice(recorder.sampler.stream(type_, rng), count * CANDIDATES_PER_CASE))
    outcomes = forked.outcomes(recorder.output_shape, drawn)
    cases = [
        {"layer": layer, "input": shape} | outcome for (layer, shape), outcome in zip(drawn, outcomes, strict=True)
    ]
    accepted = thin_out([case for case in cases if "output" in case and min(case["output"], default=0) >= 0], count)
    refused = alternate_reasons([case for case in cases if "refused" in case])
    kept_refused = refused[: max(round(count * REFUSED_SHARE), count - len(accepted))]
    kept = {id(case) for case in accepted[: count - len(kept_refused)] + kept_refused}
    return [case for case in cases if id(case) in kept]


def thin_out(accepted: list[Case], count: int) -> list[Case]:
    """The cases with few that have a size of 0: those are easily drawn, and mostly by accident."""
    empty = [case for case in accepted if 0 in case["output"] + case["input"]]
    return empty[: round(count * EMPTY_SHARE)] + [case for case in accepted if 0 not in case["output"] + case["input"]]


def alternate_reasons(refused: list[Case]) -> list[Case]:
    """The cases in rounds, one of each reason a round: the first of them then have as many reasons as can be."""
    by_reason: dict[str, list[Case]] = {}
    for case in refused:
        by_reason.setdefault(re.sub(r"-?\d+", "#", case["refused"]), []).append(case)
    return [case for round_ in zip_longest(*by_reason.values()) for case in round_ if case]


# --- values -----------------------------------------------------------------------------------------------------------


def value_cases(recorder: Recorder, type_: str, rng: random.Random, count: int) -> list[Case]:
    """Small accepted cases whose inputs and weights are whole numbers, with their outputs."""
    drawn = islice(recorder.sampler.stream(type_, rng), count * VALUE_CANDIDATES_PER_CASE)
    small = [(layer, shape) for layer, shape in drawn if is_small(shape)]
    outcomes = forked.outcomes(recorder.output_shape, small)
    accepted = [case for case, outcome in zip(small, outcomes, strict=True) if is_small(outcome.get("output", [0]))]
    light = (case for case in accepted if all(map(is_small, recorder.weight_shapes(*case).values())))
    recorded = (with_arrays(recorder, layer, shape, rng) for layer, shape in light)
    return list(islice((case for case in recorded if case), count))


def is_small(shape: Shape) -> bool:
    """Whether an array has elements, and few enough to be recorded."""
    return 0 < prod(shape) <= MOST_VALUES


def with_arrays(recorder: Recorder, layer: Layer, shape: Shape, rng: random.Random) -> Case | None:
    """The case with its arrays, `null` for a weight or bias that the layer has not; None if no values are certain."""
    arrays: Case = {"input": whole_numbers(rng, shape), "weight": None, "bias": None}
    arrays |= {name: whole_numbers(rng, sizes) for name, sizes in recorder.weight_shapes(layer, shape).items()}
    output = recorder.output_values(layer, arrays)
    if output is None:
        return None
    return {"layer": layer, **arrays, "output": {**output, "data": [as_json(value) for value in output["data"]]}}


def whole_numbers(rng: random.Random, shape: Shape) -> dict[str, Any]:
    """An array of small whole numbers, flat and row-major."""
    return {"shape": shape, "data": [rng.randint(-4, 4) for _ in range(prod(shape))]}


def as_json(value: float) -> float | int | str:
    """Whole numbers as integers; infinity and NaN, which JSON has not, as names that `float` reads back."""
    if not isfinite(value):
        return str(value)
    return int(value) if value == int(value) else value
