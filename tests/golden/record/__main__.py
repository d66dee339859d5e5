"""Records what a framework does with random layers.

For example: python -m tests.golden.record --framework pytorch --seed 1 --out tests/golden/pytorch
"""

import argparse
from pathlib import Path

from tests.golden.record.frameworks import NAMES, recorder_of
from tests.golden.record.recording import record, shape_cases, value_cases, write_cases

VALUE_SHARE = 6
"""Shape cases per value case."""


def main() -> None:
    """Record shapes and values of the framework named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.record", description=__doc__)
    parser.add_argument("--framework", choices=NAMES, default="pytorch")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, help="shape cases (default: the recorder's own number)")
    parser.add_argument("--out", type=Path, required=True, help="the directory to write to")
    options = parser.parse_args()
    recorder = recorder_of(options.framework)
    count, sampler = options.cases or recorder.cases, recorder.sampler
    header = {"framework": options.framework, "version": recorder.version, "seed": options.seed}
    options.out.mkdir(parents=True, exist_ok=True)
    shapes = record(shape_cases, recorder, sampler.weights, options.seed, count)
    write_cases(options.out / "shapes.jsonl", header, shapes)
    values = record(value_cases, recorder, sampler.value_weights, options.seed, count // VALUE_SHARE)
    write_cases(options.out / "values.jsonl", header, values)


if __name__ == "__main__":
    main()
