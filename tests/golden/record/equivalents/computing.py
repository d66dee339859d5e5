"""Computes in one framework what the cases ask of it."""

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from tests.golden.record import forked
from tests.golden.record.arrays import from_numpy
from tests.golden.record.equivalents import runners
from tests.golden.record.equivalents.runners import Array, Step, run
from tests.golden.record.equivalents.values import values_for

Case = dict[str, Any]


def compute(framework: str, scratch: Path) -> int:
    """Compute what is asked of a framework and was not computed yet, a line an outcome; how many lines there are.

    All run in a process that they may end.
    """
    import_module(f"{runners.__name__}.{framework}_operators")
    import_module(f"{runners.__name__}.{framework}")  # before the fork: an import counts as the first item's time
    done = scratch / f"{framework}.jsonl"
    known = {line["key"] for line in read(done) if "output" in line} if done.exists() else set()
    asked = {
        key: (case, framework, steps)
        for case in read(scratch / "cases.jsonl")
        for steps in asked_of(case, framework)
        if (key := key_of(case, steps)) not in known
    }
    with done.open("a", encoding="utf-8") as out:
        for key, outcome in zip(asked, forked.outcomes(recorded, list(asked.values())), strict=True):
            out.write(json.dumps({"key": key, **outcome}) + "\n")
            out.flush()
    return len(known) + len(asked)


def read(path: Path) -> Iterator[Case]:
    """The lines of a file."""
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def key_of(case: Case, steps: list[Step]) -> str:
    """What the output depends on."""
    shapes = [case["input"], *case.get("others", [])]
    return json.dumps([case["from"], case["layer"], *shapes, steps], separators=(",", ":"))


def recorded(case: Case, framework: str, steps: list[Step]) -> list[dict[str, Any]]:
    """The outputs in a form that travels."""
    return [from_numpy(output) for output in outputs_of(case, framework, steps)]


def asked_of(case: Case, framework: str) -> list[list[Step]]:
    """What a framework is asked for: the layer itself, what is written there, and the layer as it reads it."""
    answer = case["to"][framework]
    own = [[case["layer"]]] if case["from"] == framework else []
    return [*own, *(answer[role] for role in ("written", "as_it_stands") if answer[role])]


def outputs_of(case: Case, framework: str, steps: list[Step]) -> list[Array]:
    """The outputs, channels first."""
    sources, weights = arrays_of(case)
    if case["kind"] == "conv_transpose" and framework != "jax" and case["from"] == "jax":
        weights = {**weights, "weight": np.flip(weights["weight"], tuple(range(2, weights["weight"].ndim))).copy()}
    if case["kind"] == "conv_transpose" and framework == "jax" and case["from"] != "jax":
        steps = [{**step, "transpose_kernel": True} if "conv" in step["type"] else step for step in steps]
    return run(framework, steps, sources, by_step(steps, weights), moves=case["moves"])


def arrays_of(case: Case) -> tuple[list[Array], dict[str, Array]]:
    """The inputs, channels first, and the weights: the same in every framework; variances are positive."""
    numbers = np.random.default_rng(crc32(key_of(case, []).encode()))
    sources = []
    for place, given in enumerate([case["input"], *case.get("others", [])]):
        moved = case["moves"] and case["from"] == "keras" and len(given) > 2
        shape = [given[0], given[-1], *given[1:-1]] if moved else given
        sources.append(values_for(case["kind"], place, case["layer"])(numbers, shape))
    weights = {name: numbers.normal(size=sizes).astype(np.float32) for name, sizes in case["weights"].items()}
    if "variance" in weights:
        weights["variance"] = np.abs(weights["variance"]) + np.float32(0.01)
    return sources, weights


def by_step(steps: list[Step], arrays: dict[str, Any]) -> list[dict[str, Any]]:
    """The arrays that each step of a way holds: a separable convolution may be two steps, and a pool holds none."""
    holders = [step for step in steps if holds_weights(step)]
    if "pointwise_weight" not in arrays or len(holders) < 2:
        return [arrays if holds_weights(step) else {} for step in steps]
    point = {"weight": arrays["pointwise_weight"], **({"bias": arrays["bias"]} if "bias" in arrays else {})}
    parts = iter(({"weight": arrays["weight"]}, point))
    return [next(parts) if holds_weights(step) else {} for step in steps]


def holds_weights(step: Step) -> bool:
    """Whether a layer of this type has weights."""
    return "conv" in step["type"] or "norm" in step["type"] or step["type"] in ("linear", "embedding", "prelu")
