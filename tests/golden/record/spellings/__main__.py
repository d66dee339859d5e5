"""Records what a framework does with layers under its own names.

For example: python -m tests.golden.record.spellings --framework pytorch --seed 1 --cases 500 --out tests/golden/pytorch
"""

import argparse
import random
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.golden.record import forked
from tests.golden.record.recording import write_cases

FRAMEWORKS = ("pytorch", "keras", "onnx", "jax")


def recorded(framework: Any, seed: int, count: int) -> list[dict[str, Any]]:
    """As many cases: what was drawn, and what came of it."""
    rng = random.Random(seed)
    drawn = [framework.drawn(rng) for _ in range(count)]
    cases = []
    for (layer, shape), outcome in zip(drawn, forked.outcomes(framework.ran, drawn), strict=True):
        if any(word in outcome.get("refused", "") for word in (forked.DIED, *framework.OF_THE_BUILD)):
            continue
        made = outcome.get("output")
        opset = {"opset": layer.pop("opset")} if "opset" in layer else {}
        cases.append({"layer": layer, **opset, "input": shape, **(made if isinstance(made, dict) else outcome)})
    return cases


def main() -> None:
    """Record the framework named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.record.spellings", description=__doc__)
    parser.add_argument("--framework", choices=FRAMEWORKS, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--out", type=Path, required=True, help="the directory to write to")
    options = parser.parse_args()
    framework = import_module(f"tests.golden.record.spellings.{options.framework}")
    options.out.mkdir(parents=True, exist_ok=True)
    cases = recorded(framework, options.seed, options.cases)
    header = {"framework": options.framework, "version": framework.version(), "seed": options.seed}
    write_cases(options.out / "spellings.jsonl", header, cases)


if __name__ == "__main__":
    main()
