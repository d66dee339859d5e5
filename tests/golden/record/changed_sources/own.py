"""Every integer of a small program of ours changed in turn, and what PyTorch makes of each change.

python -m tests.golden.record.changed_sources.own
"""

import ast
import json
from pathlib import Path
from typing import Any

import torch

from tests.mistakes.text_changes import TextChange

PROGRAM = Path(__file__).resolve().parents[3] / "mistakes" / "own" / "mixed.py.txt"
INPUT = (1, 3, 64, 64)
CHANGES = (lambda number: number + 1, lambda number: 2 * number, lambda number: number // 2, lambda number: number - 1)
"""What an integer becomes; the first, second, third, ... integer of the text by the first, second, third, ..."""


def changes(text: str) -> list[TextChange]:
    """One change for each integer."""
    found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant) and type(node.value) is int]
    made = []
    for place, node in enumerate(sorted(found, key=lambda node: (node.lineno, node.col_offset))):
        old = int(str(node.value))
        new = CHANGES[place % len(CHANGES)](old)
        new = old + 1 if new == old else new
        made.append(TextChange(PROGRAM.name, node.lineno, node.col_offset, node.end_col_offset or 0, str(new)))
    return made


def outcome(text: str) -> dict[str, Any]:
    """The shape that comes out, or what is raised."""
    names: dict[str, Any] = {"__name__": "mixed"}
    try:
        exec(compile(text, PROGRAM.name, "exec"), names)  # noqa: S102  # our own program
        return {"shape": list(names["Net"]().eval()(torch.zeros(INPUT)).shape)}
    except Exception as raised:  # whatever it is, it is the answer
        return {"error": f"{type(raised).__name__}: {raised}"[:200]}


def main() -> None:
    """Record every change."""
    text = PROGRAM.read_text(encoding="utf-8")
    rows = [json.dumps({**vars(change), **outcome(change.made_in(text))}) for change in changes(text)]
    version = torch.__version__.split("+")[0]
    lines = ",\n".join(rows)
    out = PROGRAM.with_name("mixed.json")
    out.write_text(f'{{"torch": "{version}", "input": {list(INPUT)}, "changes": [\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
