"""Runs the small programs that the tests of PyTorch's library read, and records what every module of theirs gives.

For example: python -m tests.golden.record.source --out tests/models/torch_library/facts.json
"""

import argparse
import json
from pathlib import Path
from typing import Any

import torch

from tests.golden.record.source.calls import record

PROGRAMS = Path(__file__).resolve().parents[3] / "models" / "torch_library" / "programs"
WHOLE = ("MultiheadAttention", "TransformerEncoderLayer", "TransformerDecoderLayer")
"""Modules that are one layer, though they have others inside."""
SUFFIX = ".py.txt"


def run(path: Path) -> dict[str, Any]:
    """What one program of ours gives: `Net` is its model, INPUTS are the shapes of its inputs."""
    names: dict[str, Any] = {"__name__": path.name.removesuffix(SUFFIX)}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), names)  # noqa: S102  # our own program
    return {"inputs": names["INPUTS"], **record(names["Net"](), list(names["INPUTS"].values()), WHOLE)}


def main() -> None:
    """Record every program."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.record.source", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the file to write")
    options = parser.parse_args()
    found = {path.name.removesuffix(SUFFIX): run(path) for path in sorted(PROGRAMS.glob(f"*{SUFFIX}"))}
    lines = [f"{json.dumps(name)}: {json.dumps(facts)}" for name, facts in found.items()]
    header = f'"torch": {json.dumps(torch.__version__.split("+")[0])}'
    options.out.write_text("{" + ",\n".join([header, *lines]) + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
