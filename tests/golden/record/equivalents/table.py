"""The table of what has an equivalent and what has none, in docs/frameworks.md, between two marks."""

import json
from pathlib import Path

from service.core.frameworks import FRAMEWORKS

DOCUMENT = Path(__file__).parents[4] / "docs" / "frameworks.md"
BEGIN, END = "<!-- equivalents: begin -->", "<!-- equivalents: end -->"
Runs = dict[str, dict[str, list[int]]]
"""By kind and framework, how many layers have an equivalent there, which was equal, and how many have none."""


def runs(recordings: Path) -> dict[str, Runs]:
    """What was run, by the framework in which the layers were drawn."""
    found = {}
    for name in FRAMEWORKS:
        with (recordings / f"{name}.jsonl").open(encoding="utf-8") as lines:
            found[name] = json.loads(next(lines))["run"]
    return found


def table(found: dict[str, Runs]) -> str:
    """A row for each kind and framework, a column for each framework that it is to be written in."""
    titles = {name: row.title.split()[0] for name, row in FRAMEWORKS.items()}
    lines = [
        "| kind | of | " + " | ".join(f"in {title}" for title in titles.values()) + " |",
        "|---|---|" + "---|" * len(titles),
    ]
    for kind in sorted({kind for kinds in found.values() for kind in kinds}):
        for origin, kinds in found.items():
            if kind in kinds:
                cells = ["" if name == origin else cell(*kinds[kind][name]) for name in titles]
                lines.append(f"| `{kind}` | {titles[origin]} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def cell(equal: int, none: int) -> str:
    """All, none, or how many of the layers drawn."""
    if not equal:
        return "none"
    return "all" if not none else f"{equal} of {equal + none}"


def write_table(recordings: Path) -> None:
    """Put the table into the document."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{table(runs(recordings))}\n{END}{after}", encoding="utf-8")
