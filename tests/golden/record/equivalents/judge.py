"""Compares the outputs of a layer and of its equivalents, and writes what was found."""

import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from service.core.frameworks import FRAMEWORKS
from tests.golden.record.arrays import to_numpy
from tests.golden.record.equivalents.computing import key_of, read
from tests.golden.record.equivalents.draw import has_windows
from tests.golden.record.equivalents.table import write_table

Case = dict[str, Any]
TOLERANCE = 1e-4
"""Relative to the values, and to the largest of them."""
EXACT = frozenset({
    "max_pool", "adaptive_max_pool", "global_max_pool", "pad", "crop", "flatten", "reshape", "permute", "identity",
    "dropout", "pixel_shuffle", "pixel_unshuffle",
})  # fmt: skip
"""Kinds that compute nothing, only choose."""
RECORDED, RECORDED_WITHOUT_WINDOWS = 20, 6
"""Cases kept of a kind that is drawn in a framework."""
RIGHT = ("equal", "none")


def judge(scratch: Path, out: Path | None, seed: int) -> int:
    """Compare all; keep some cases of every kind, and the table; how many were not equal, which are printed.

    Nothing is written while one is not equal.
    """
    outcomes = {
        name: {line["key"]: line for line in read(scratch / f"{name}.jsonl")}
        for name in FRAMEWORKS
        if (scratch / f"{name}.jsonl").exists()
    }
    judged = [line for case in read(scratch / "cases.jsonl") if (line := judged_case(case, outcomes))]
    wrong = [line for line in judged if any(answer["verdict"] not in RIGHT for answer in line["to"].values())]
    for line in wrong:
        sys.stdout.write(json.dumps(line) + "\n")
    counts = Counter(answer["verdict"] for line in judged for answer in line["to"].values())
    sys.stdout.write(f"{len(judged)} layers run, {dict(counts.most_common(2))}, {len(wrong)} wrong\n")
    if out is not None and not wrong:
        write(out, judged, seed)
        write_table(out)
    return len(wrong)


def judged_case(case: Case, outcomes: Mapping[str, Mapping[str, Case]]) -> Case | None:
    """The layer, and for each framework what is written there and whether it is equal; None where it did not run.

    What is called equal as it stands was run, too, and has to be equal.
    """
    source = outcomes.get(case["from"], {}).get(key_of(case, [case["layer"]]), {})
    if "output" not in source:
        if source:
            sys.stdout.write(f"not run in {case['from']}: {json.dumps(case['layer'])} {case['input']} {source}\n")
        return None
    expected, answers = to_numpy(source["output"], np.float32), {}
    for name, answer in case["to"].items():
        if name not in outcomes:
            continue
        found = {
            role: compared(case, expected, outcomes[name].get(key_of(case, answer[role]), {}))
            for role in ("written", "as_it_stands")
            if answer[role]
        }
        worst = next((verdict for verdict in found.values() if verdict != "equal"), "equal" if found else "none")
        verdict = worst if worst != "equal" or "written" in found else "none"
        answers[name] = {"equal": answer["equal"], "written": answer["written"], "verdict": verdict}
    return {"kind": case["kind"], "from": case["from"], "layer": case["layer"], "input": case["input"], "to": answers}


def compared(case: Case, expected: Any, outcome: Case) -> str:
    """Equal, different by how much, or refused."""
    if "output" not in outcome:
        return "refused: " + outcome.get("refused", "not run")
    output = to_numpy(outcome["output"], np.float32)
    if output.shape != expected.shape:
        return f"has shape {list(output.shape)} for {list(expected.shape)}"
    if case["kind"] in EXACT:
        return "equal" if np.array_equal(output, expected) else "different"
    scale = float(np.max(np.abs(expected), initial=1e-6))
    if np.isfinite(scale) and np.allclose(output, expected, TOLERANCE, TOLERANCE * scale):
        return "equal"
    if np.array_equal(output, expected, equal_nan=True):
        return "equal"
    return f"different by {float(np.max(np.abs(output - expected))):.2e} of {scale:.2e}"


def write(out: Path, judged: list[Case], seed: int) -> None:
    """A file for each framework that layers were drawn in: a header with what was run, and the first cases."""
    out.mkdir(parents=True, exist_ok=True)
    versions = {name: row.version for name, row in FRAMEWORKS.items()}
    for origin in FRAMEWORKS:
        kept: dict[str, list[Case]] = {}
        run: dict[str, dict[str, list[int]]] = {}
        for line in judged:
            if line["from"] != origin:
                continue
            most = RECORDED if has_windows(line["kind"]) else RECORDED_WITHOUT_WINDOWS
            group = kept.setdefault(line["kind"], [])
            if len(group) < most:
                group.append({name: value for name, value in line.items() if name != "from"})
            for name, answer in line["to"].items():
                tally = run.setdefault(line["kind"], {}).setdefault(name, [0, 0])
                tally[answer["verdict"] == "none"] += 1
        header = {"from": origin, "versions": versions, "seed": seed, "run": run}
        lines = [header, *(line for group in kept.values() for line in group)]
        text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
        (out / f"{origin}.jsonl").write_text(text, encoding="utf-8")
