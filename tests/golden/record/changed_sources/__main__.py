"""Changes one number of a model file at a time, and records those changes that PyTorch refuses.

python -m tests.golden.record.changed_sources record --count 500 --seed 1 --out changed.json
python -m tests.golden.record.changed_sources verify answers.json

`python -m tests.mistakes --only source` asks the service about the recorded changes, and writes the answers that
`verify` reads: each first repair is applied, and run.
"""

import argparse
import ast
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import torch
import torchvision

from tests.golden.record.changed_sources.running import BUILDERS, error, input_size, source
from tests.mistakes.text_changes import TextChange, applied

LARGEST = 5000
"""Numbers from here on are no sizes of layers."""


def record(count: int, seed: int) -> dict[str, Any]:
    """So many changes that PyTorch refuses."""
    random = Random(seed)
    cases: list[dict[str, Any]] = []
    tried = 0
    while len(cases) < count:
        stem, builder = random.choice(BUILDERS)
        text = source(stem)
        node = random.choice(list(numbers(ast.parse(text))))
        value = int(str(ast.literal_eval(node)))
        new = random.choice([value + 1, value * 2, max(value - 1, 0), value // 2, value + 16])
        if new == value:
            continue
        tried += 1
        change = TextChange(stem, node.lineno, node.col_offset, node.end_col_offset or 0, str(new))
        refused = error(change.made_in(text), stem, builder)
        if refused is not None and "NotImplementedError" not in refused[0]:
            said, lines = refused
            cases.append({"builder": builder, "size": input_size(stem), "error": said, "lines": lines, **vars(change)})
    versions = {"torch": torch.__version__.split("+")[0], "torchvision": torchvision.__version__.split("+")[0]}
    return {**versions, "seed": seed, "tried": tried, "cases": cases}


def numbers(tree: ast.Module) -> Iterator[ast.Constant]:
    """The integers of a file that a model depends on: those that only describe weights to download are left out."""
    apart = {
        id(inner)
        for node in ast.walk(tree)
        if (isinstance(node, ast.ClassDef) and node.name.endswith("_Weights")) or _describes(node)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        is_integer = isinstance(node, ast.Constant) and type(node.value) is int
        if is_integer and 0 < node.value < LARGEST and id(node) not in apart:
            yield node


def _describes(node: ast.AST) -> bool:
    target = node.targets[0] if isinstance(node, ast.Assign) else None
    return isinstance(target, ast.Name) and target.id.startswith("_COMMON")


def verify(answers: list[dict[str, Any]]) -> None:
    """Applies each first repair, and runs what comes out."""
    told: Counter[str] = Counter()
    for answer in answers:
        change = TextChange(**answer["change"])
        if answer["diff"] is None:
            told["no repair"] += 1
            continue
        mended = applied(answer["diff"], change.made_in(source(change.stem)))
        refused = error(mended, change.stem, answer["builder"])
        told["runs" if refused is None else "raises"] += 1
        if refused is not None:
            sys.stdout.write(f"{change.stem} {change.line} {answer['title']} | {refused[0]}\n")
    sys.stdout.write(f"{dict(told)}\n")


def main() -> None:
    """Record, or verify."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.golden.record.changed_sources",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    modes = parser.add_subparsers(dest="mode", required=True)
    recording = modes.add_parser("record")
    recording.add_argument("--count", type=int, default=500)
    recording.add_argument("--seed", type=int, default=1)
    recording.add_argument("--out", type=Path, required=True)
    modes.add_parser("verify").add_argument("answers", type=Path)
    options = parser.parse_args()
    if options.mode == "record":
        found = record(options.count, options.seed)
        options.out.write_text(json.dumps(found, indent=0) + "\n", encoding="utf-8")
        sys.stdout.write(f"{found['tried']} changes tried, {len(found['cases'])} refused\n")
    else:
        verify(json.loads(options.answers.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
