"""Records what a framework makes of random layers: `--framework pytorch --seed 1 --cases 500 --out tests/golden/kinds`.

Run it where the framework is installed.
"""

import argparse
import json
import random
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.golden.record import forked
from tests.golden.record.kinds.sequences.draw import Layer, Shape, spoilt

SUBJECT = "sequences"


def always_defined(layer: Layer, shapes: list[Shape]) -> bool:
    """Nothing is left to chance."""
    return False


def recorded(framework: str, seed: int, count: int) -> list[dict[str, Any]]:
    """About `count` cases, as many of each kind."""
    module = import_module(f"{__package__}.{framework}")
    cases: list[dict[str, Any]] = []
    for kind, draw in module.DRAWS.items():
        rng = random.Random(f"{seed} {kind}")
        share = max(count // len(module.DRAWS), 2)
        drawn = [spoilt(rng, draw(rng)) for _ in range(share)]
        drawn = [case for case in drawn if not getattr(module, "undefined", always_defined)(*case)]
        for (layer, shapes), outcome in zip(drawn, forked.outcomes(module.run, drawn), strict=True):
            cases.append({"layer": layer, "inputs": shapes} | outcome.get("output", outcome))
    return cases


def main() -> None:
    """Write the cases of one framework."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--framework", required=True, choices=("pytorch", "torchvision", "keras", "onnx"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--out", type=Path, default=Path("tests/golden/kinds"))
    options = parser.parse_args()
    cases = recorded(options.framework, options.seed, options.cases)
    module = import_module(f"{__package__}.{options.framework}")
    header = {"framework": options.framework, "version": module.version(), "seed": options.seed, "cases": len(cases)}
    options.out.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in [header, *cases])
    (options.out / f"{options.framework}_{SUBJECT}.jsonl").write_text(lines, encoding="utf-8")


if __name__ == "__main__":
    main()
