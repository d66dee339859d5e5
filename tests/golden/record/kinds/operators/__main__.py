"""Records what a framework makes of random operators, reductions, products, lookups and functional forms.

For example: python -m tests.golden.record.kinds.operators --framework pytorch --cases 600 --out tests/golden/kinds
"""

import argparse
import json
import random
from importlib import import_module
from pathlib import Path

from tests.golden.record.forked import outcomes
from tests.golden.record.kinds.operators.draws import draw

REFUSED_SHARE = 0.35
"""Refused cases that are kept, of all."""


def main() -> None:
    """Record one file."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.record.kinds.operators", description=__doc__)
    parser.add_argument("--framework", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=600)
    parser.add_argument("--out", type=Path, required=True, help="the directory to write to")
    options = parser.parse_args()
    runner = import_module(f"tests.golden.record.kinds.operators.{options.framework}")
    rng = random.Random(f"{options.seed} operators")
    drawn = [draw(rng, runner.TYPES, options.framework) for _ in range(options.cases * 2)]
    cases = [
        {"layer": layer, "inputs": shapes, **({"outputs": answer["output"]} if "output" in answer else answer)}
        for (layer, shapes), answer in zip(drawn, outcomes(runner.run, drawn), strict=True)
    ]
    refused = [case for case in cases if "refused" in case][: round(options.cases * REFUSED_SHARE)]
    accepted = [case for case in cases if "outputs" in case][: options.cases - len(refused)]
    kept = {id(case) for case in refused + accepted}
    lines = [case for case in cases if id(case) in kept]
    header = {"framework": options.framework, "version": runner.VERSION, "seed": options.seed, "cases": len(lines)}
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / f"{options.framework}_operators.jsonl"
    path.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in [header, *lines]))


if __name__ == "__main__":
    main()
