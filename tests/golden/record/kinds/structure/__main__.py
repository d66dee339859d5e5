"""Records a framework: `python -m tests.golden.record.kinds.structure --framework pytorch --seed 1 --cases 600`.

It imports the framework and nothing of the service. `--out` names a directory; the file there is
`{framework}_structure.jsonl`, a header line and a case a line: `{"layer", "inputs", "outputs"}` or
`{"layer", "inputs", "refused"}`. Every kind that the framework has is drawn equally often.
"""

import argparse
import json
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

from tests.golden.record.forked import attempt
from tests.golden.record.kinds.structure.draws import drawn

HERE = Path(__file__).parents[3] / "kinds"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--framework", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=600)
    parser.add_argument("--out", type=Path, default=HERE)
    arguments = parser.parse_args()
    framework = import_module(f"tests.golden.record.kinds.structure.in_{arguments.framework}")
    rng = Random(arguments.seed)
    header = {"framework": framework.NAME, "version": framework.VERSION, "seed": arguments.seed}
    lines = [header, *cases(framework, rng, arguments.cases)]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (arguments.out / f"{framework.NAME}_structure.jsonl").write_text(text, encoding="utf-8")


def cases(framework: Any, rng: Random, count: int) -> list[dict[str, Any]]:
    """So many different cases, the kinds in turn."""
    found: dict[str, dict[str, Any]] = {}
    kinds = list(framework.RUN)
    turn = 0
    while len(found) < count:
        kind = kinds[turn % len(kinds)]
        turn += 1
        layer, shapes = drawn(rng, kind, framework.NAME)
        key = json.dumps([layer, shapes])
        if key in found or not framework.takes(layer):
            continue
        outcome = attempt(framework.run, (kind, layer, shapes))
        answer = {"outputs": outcome["output"]} if "output" in outcome else outcome
        found[key] = {"layer": layer, "inputs": shapes, **answer, **getattr(framework, "extra", dict)()}
    return list(found.values())


if __name__ == "__main__":
    main()
