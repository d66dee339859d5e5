"""Records what JAX makes of random calls of its functions under their own names and words.

For example: python -m tests.golden.record.kinds.functions --framework jax --cases 900 --out tests/golden/kinds
"""

import argparse
import json
import random
from importlib import import_module
from pathlib import Path

from tests.golden.record.forked import DIED, outcomes


def main() -> None:
    """Record one file."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.record.kinds.functions", description=__doc__)
    parser.add_argument("--framework", choices=("jax",), required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=900)
    parser.add_argument("--out", type=Path, required=True, help="the directory to write to")
    options = parser.parse_args()
    runner = import_module(f"tests.golden.record.kinds.functions.{options.framework}")
    names = import_module(f"tests.golden.record.kinds.functions.{options.framework}_names")
    once, rng = random.Random(f"{options.seed} every name"), random.Random(f"{options.seed} functions")
    drawn = [names.draw_named(once, name) for name in names.DRAWS] + [names.draw(rng) for _ in range(options.cases)]
    lines = [
        {"layer": layer, "inputs": shapes, **({"outputs": answer["output"]} if "output" in answer else answer)}
        for (layer, shapes), answer in zip(drawn, outcomes(runner.run, drawn), strict=True)
        if answer.get("refused") != DIED
    ]
    header = {"framework": options.framework, "version": runner.VERSION, "seed": options.seed, "cases": len(lines)}
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / f"{options.framework}_functions.jsonl"
    path.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in [header, *lines]))


if __name__ == "__main__":
    main()
