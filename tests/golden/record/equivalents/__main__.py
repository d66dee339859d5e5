"""The three steps of a recording, each in an environment that has what it needs.

python -m tests.golden.record.equivalents draw --scratch DIRECTORY     where the service runs
python -m tests.golden.record.equivalents run --framework pytorch --scratch DIRECTORY     and so for each framework
python -m tests.golden.record.equivalents judge --scratch DIRECTORY --out tests/golden/equivalents
"""

import argparse
import json
import random
import sys
from pathlib import Path
from typing import Any

SEED, COUNT = 1, 20


def main() -> None:
    """Do the step that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.record.equivalents", description=__doc__)
    parser.add_argument("step", choices=("draw", "run", "judge"))
    parser.add_argument("--scratch", type=Path, required=True)
    parser.add_argument("--framework")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument(
        "--count",
        type=int,
        default=COUNT,
        help="layers of a kind with windows, drawn in each framework; of others half as many",
    )
    parser.add_argument("--only", nargs="*", help="kinds to draw")
    options = parser.parse_args()
    options.scratch.mkdir(parents=True, exist_ok=True)
    if options.step == "draw":
        draw(options)
    elif options.step == "run":
        run(options)
    else:
        from tests.golden.record.equivalents.judge import judge

        judge(options.scratch, options.out, options.seed)


def draw(options: Any) -> None:
    """Write the cases."""
    from tests.golden.record.equivalents.draw import KINDS, NAMES, cases, has_windows

    lines = []
    for framework in NAMES:
        for kind in options.only or KINDS:
            rng = random.Random(f"{options.seed} {framework} {kind}")
            lines += list(cases(framework, kind, rng, options.count if has_windows(kind) else options.count // 2))
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    (options.scratch / "cases.jsonl").write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(lines)} cases\n")


def run(options: Any) -> None:
    """Compute what a framework is asked for; what was computed before stays."""
    from tests.golden.record.equivalents.computing import compute

    sys.stdout.write(f"{compute(options.framework, options.scratch)} outcomes\n")


if __name__ == "__main__":
    main()
