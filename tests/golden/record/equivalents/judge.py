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
    "dropout", "pixel_shuffle", "pixel_unshuffle", "squeeze", "unsqueeze", "transpose", "movedim", "stack", "concat",
    "flip", "roll", "rot90", "tril", "triu", "channel_shuffle", "expand", "tile", "repeat", "repeat_interleave",
    "slice", "narrow", "select", "unflatten", "embedding", "argmax", "argmin", "argsort", "topk", "amax", "amin",
    "max", "min", "any", "all", "maximum", "minimum", "equal", "not_equal", "less", "less_equal", "greater",
    "greater_equal", "logical_and", "logical_or", "logical_xor", "logical_not", "where", "clamp", "sign", "floor",
    "ceil", "trunc", "isnan", "isinf", "isfinite", "relu", "threshold", "thresholded_relu", "hardmax", "abs",
    "negative", "positive", "split", "chunk", "tensor_split", "unbind", "take", "gather", "index_select", "copysign",
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
    expected, answers = [to_numpy(output, np.float32) for output in source["output"]], {}
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
    told = {name: case[name] for name in ("kind", "from", "layer", "input", "others") if name in case}
    return {**told, "to": answers}


def compared(case: Case, expected: list[Any], outcome: Case) -> str:
    """Equal, different by how much, or refused; the first difference of several outputs."""
    if "output" not in outcome:
        return "refused: " + outcome.get("refused", "not run")
    outputs = [to_numpy(output, np.float32) for output in outcome["output"]]
    if len(outputs) != len(expected):
        return f"has {len(outputs)} outputs for {len(expected)}"
    verdicts = [verdict_of(case, *pair) for pair in zip(expected, outputs, strict=True)]
    return next((verdict for verdict in verdicts if verdict != "equal"), "equal")


def verdict_of(case: Case, expected: Any, output: Any) -> str:
    """Whether one output is equal."""
    if output.shape != expected.shape:
        return f"has shape {list(output.shape)} for {list(expected.shape)}"
    if case["kind"] in EXACT:
        return "equal" if np.array_equal(output, expected, equal_nan=True) else "different"
    finite = np.abs(expected[np.isfinite(expected)])
    scale = float(np.max(finite, initial=1e-6))
    if not np.array_equal(expected[~np.isfinite(expected)], output[~np.isfinite(expected)], equal_nan=True):
        return "different where it is not finite"
    if np.isfinite(scale) and np.allclose(output, expected, TOLERANCE, TOLERANCE * scale, equal_nan=True):
        return "equal"
    if np.array_equal(output, expected, equal_nan=True):
        return "equal"
    return f"different by {float(np.max(np.abs(output - expected))):.2e} of {scale:.2e}"


def write(out: Path, judged: list[Case], seed: int) -> None:
    """A file for each framework that layers were drawn in: a header with what was run, and the first cases."""
    out.mkdir(parents=True, exist_ok=True)
    versions = {name: row.version for name, row in FRAMEWORKS.items()}
    drawn = {line["kind"] for line in judged}
    for origin in FRAMEWORKS:
        kept, run = others(out / f"{origin}.jsonl", drawn, versions, seed)
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
        header = {"from": origin, "versions": versions, "seed": seed, "run": dict(sorted(run.items()))}
        lines = [header, *(line for kind in sorted(kept) for line in kept[kind])]
        text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
        (out / f"{origin}.jsonl").write_text(text, encoding="utf-8")


def others(
    recorded: Path, drawn: set[str], versions: dict[str, str], seed: int
) -> tuple[dict[str, list[Case]], dict[str, dict[str, list[int]]]]:
    """The cases and counts of kinds that were not drawn this time, as they were recorded with the same versions.

    Raises:
        SystemExit: They were recorded with other versions or another seed.
    """
    if not recorded.exists():
        return {}, {}
    header, *lines = read(recorded)
    if (header["versions"], header["seed"]) != (versions, seed):
        sys.exit(f"{recorded} is of other versions or another seed: draw every kind")
    kept: dict[str, list[Case]] = {}
    for line in lines:
        if line["kind"] not in drawn:
            kept.setdefault(line["kind"], []).append(line)
    return kept, {kind: run for kind, run in header["run"].items() if kind not in drawn}
