"""`python -m tests.golden.record --framework pytorch --seed 1 --cases 6600 --out tests/golden/pytorch`."""

import argparse
import importlib
import json
import random
import re
from inspect import signature
from itertools import islice, zip_longest
from math import isfinite, prod
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.golden.record import cases as default_cases
from tests.golden.record import isolate

Case = dict[str, Any]

# How often a type is drawn: the more rules it has, the more cases it needs. A framework with layers of its own has
# `CASES`, a module with its own `TYPES`, `stream`, `WEIGHTS` and `VALUE_WEIGHTS`.
WEIGHTS = {
    "conv": 8, "conv_transpose": 8, "max_pool": 7, "avg_pool": 7, "lp_pool": 2, "adaptive_max_pool": 2,
    "adaptive_avg_pool": 2, "batch_norm": 2, "flatten": 4, "linear": 3, "pad": 12,
}  # fmt: skip
VALUE_WEIGHTS = {
    "conv": 8, "conv_transpose": 6, "max_pool": 5, "avg_pool": 6, "lp_pool": 1, "adaptive_max_pool": 2,
    "adaptive_avg_pool": 2, "pad": 8,
}  # fmt: skip
CANDIDATES_PER_CASE = 5
VALUE_CANDIDATES_PER_CASE = 20
REFUSED_SHARE = 1 / 3
MOST_VALUES = 300
EMPTY_SHARE = 0.05


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.golden.record", description=__doc__)
    parser.add_argument("--framework", default="pytorch")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=6600, help="shape cases; a sixth as many value cases are recorded")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    framework = importlib.import_module(f"tests.golden.record.{options.framework}")
    header = {"framework": options.framework, "version": framework.VERSION, "seed": options.seed}
    options.out.mkdir(parents=True, exist_ok=True)
    cases = cases_of(framework)
    weights, value_weights = getattr(cases, "WEIGHTS", WEIGHTS), getattr(cases, "VALUE_WEIGHTS", VALUE_WEIGHTS)
    shapes = record(shape_cases, framework, weights, options.seed, options.cases)
    values = record(value_cases, framework, value_weights, options.seed, options.cases // 6)
    finished = getattr(framework, "finished", lambda case: case)
    write(options.out / "shapes.jsonl", header, [kept for case in shapes if (kept := finished(case)) is not None])
    write(options.out / "values.jsonl", header, [kept for case in values if (kept := finished(case)) is not None])


def cases_of(framework: ModuleType) -> ModuleType:
    cases: ModuleType = getattr(framework, "CASES", default_cases)
    return cases


def write(path: Path, header: Case, found: list[Case]) -> None:
    lines = [{**header, "cases": len(found)}, *found]
    path.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))


def record(recorder: Any, framework: ModuleType, weights: dict[str, int], seed: int, count: int) -> list[Case]:
    """About `count` cases, shared out over the types by weight."""
    types = {name: weights.get(re.sub(r"\dd$", "", name), 0) for name in cases_of(framework).TYPES}
    total = sum(types.values())
    found: list[Case] = []
    for name, weight in types.items():
        if weight:
            found += recorder(framework, name, random.Random(f"{seed} {name}"), -(-count * weight // total))
    return found


def shape_cases(framework: ModuleType, name: str, rng: random.Random, count: int) -> list[Case]:
    """Two thirds accepted, one third refused for as many different reasons as there are."""
    drawn = list(islice(cases_of(framework).stream(name, rng), count * CANDIDATES_PER_CASE))
    told = isolate.outcomes(framework.output_shape, drawn)
    found = [{"layer": layer, "input": shape} | outcome for (layer, shape), outcome in zip(drawn, told, strict=True)]
    accepted = thin_out([case for case in found if "output" in case and min(case["output"], default=0) >= 0], count)
    refused = spread([case for case in found if "refused" in case])
    kept_refused = refused[: max(round(count * REFUSED_SHARE), count - len(accepted))]
    kept = {id(case) for case in accepted[: count - len(kept_refused)] + kept_refused}
    return [case for case in found if id(case) in kept]


def thin_out(accepted: list[Case], count: int) -> list[Case]:
    """Leave few of the cases with a size of 0 somewhere: mostly accidents, and easily drawn."""
    empty = [case for case in accepted if 0 in case["output"] + case["input"]]
    return empty[: round(count * EMPTY_SHARE)] + [case for case in accepted if 0 not in case["output"] + case["input"]]


def spread(refused: list[Case]) -> list[Case]:
    """The cases in rounds, one of each reason a round, so that a cut leaves every reason in."""
    by_reason: dict[str, list[Case]] = {}
    for case in refused:
        by_reason.setdefault(re.sub(r"-?\d+", "#", case["refused"]), []).append(case)
    return [case for round_ in zip_longest(*by_reason.values()) for case in round_ if case]


def value_cases(framework: ModuleType, name: str, rng: random.Random, count: int) -> list[Case]:
    """Small accepted cases with whole numbers in, and what comes out of them."""
    drawn = islice(cases_of(framework).stream(name, rng), count * VALUE_CANDIDATES_PER_CASE)
    small = [(layer, shape) for layer, shape in drawn if is_small(shape)]
    told = isolate.outcomes(framework.output_shape, small)
    accepted = [case for case, outcome in zip(small, told, strict=True) if is_small(outcome.get("output", [0]))]
    light = (case for case in accepted if all(map(is_small, weight_shapes(framework, *case).values())))
    recorded = (with_arrays(framework, layer, shape, rng) for layer, shape in light)
    return list(islice((case for case in recorded if case), count))


def weight_shapes(framework: ModuleType, layer: default_cases.Layer, shape: default_cases.Shape) -> Case:
    """Where a layer does not say how many channels come in, the framework takes the input's shape too."""
    takes_shape = len(signature(framework.weight_shapes).parameters) > 1
    return dict(framework.weight_shapes(layer, shape) if takes_shape else framework.weight_shapes(layer))


def is_small(shape: default_cases.Shape) -> bool:
    return 0 < prod(shape) <= MOST_VALUES


def with_arrays(
    framework: ModuleType, layer: default_cases.Layer, shape: default_cases.Shape, rng: random.Random
) -> Case | None:
    """The case with its arrays, `null` for a weight or bias the layer does not have; None if no values are certain."""
    arrays: Case = {"input": default_cases.integers(rng, shape), "weight": None, "bias": None}
    arrays |= {part: default_cases.integers(rng, each) for part, each in weight_shapes(framework, layer, shape).items()}
    output = framework.output_values(layer, arrays)
    if output is None:
        return None
    return {"layer": layer, **arrays, "output": {**output, "data": [written(value) for value in output["data"]]}}


def written(value: float) -> float | int | str:
    """Whole numbers as such; JSON has no infinity and no NaN, `float` reads back their names."""
    if not isfinite(value):
        return str(value)
    return int(value) if value == int(value) else value


if __name__ == "__main__":
    main()
