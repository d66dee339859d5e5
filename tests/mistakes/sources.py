"""Model files with one number changed, posted as source: whether the answer leads to the line that was changed."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from tests.mistakes.service import Document, errors_of, timed
from tests.mistakes.text_changes import TextChange, lines_changed

FIGURES = ("found", "one error", "leads to the line", "has a diff", "first diff is the line", "understood")


def measure(facts: Path, sources: Path, count: int, seed: int, show: int, out: Path | None) -> None:
    """The changes of a record, in the files of a folder; the answers go to a file, for their repairs to be run."""
    cases = json.loads(facts.read_text(encoding="utf-8"))["cases"]
    chosen = Random(seed).sample(cases, min(count, len(cases)))
    told: Counter[str] = Counter()
    answers: list[Document] = []
    seconds = 0.0
    for case in chosen:
        change = TextChange(**{name: case[name] for name in ("stem", "line", "column", "end", "new")})
        text = change.made_in((sources / f"{change.stem}.py").read_text(encoding="utf-8"))
        size = case["size"]
        body = {"input_shape": [1, 3, size, size], "model": {"source": text, "entry": case["builder"]}}
        answer, took = timed(body)
        seconds += took
        right = figures(answer, change.line)
        told.update(name for name in FIGURES if right[name])
        repair = next(iter(answer.get("repairs") or ()), {})
        answers.append(
            {
                "change": vars(change),
                "builder": case["builder"],
                "title": repair.get("title"),
                "diff": repair.get("diff"),
            }
        )
        if show and not (right["one error"] and right["leads to the line"]):
            show -= 1
            errors = [(each["name"], each["message"][:100]) for each in errors_of(answer)]
            titles = [each["title"] for each in answer.get("repairs") or ()]
            print(f"{change.stem}.py:{change.line}: {change.new}: {case['error'][:80]}\n  {errors}\n  {titles}")
    print(f"{len(chosen)} changes, {seconds / max(1, len(chosen)):.2f} s each")
    for name in FIGURES:
        print(f"{name:24}{told[name]:6}{100 * told[name] / max(1, len(chosen)):8.1f} %")
    if out is not None:
        out.write_text(json.dumps(answers, indent=0) + "\n", encoding="utf-8")


def figures(answer: Document, line: int) -> dict[str, bool]:
    """What is right of an answer to a text whose mistake is in a line."""
    errors = errors_of(answer)
    repairs = answer.get("repairs") or []
    diffs = [lines_changed(repair["diff"]) for repair in repairs if repair.get("diff")]
    told = {diagnostic["name"] for diagnostic in answer.get("diagnostics", ())}
    places = [place for error in errors for place in _places(error)]
    return {
        "found": bool(errors),
        "one error": len(errors) == 1,
        "leads to the line": any(_holds(place, line) for place in places)
        or (bool(repairs) and line in (diffs or [[]])[0]),
        "has a diff": bool(diffs),
        "first diff is the line": bool(diffs) and line in diffs[0],
        "understood": "not-understood" not in told,
    }


def _places(error: Document) -> Iterator[Any]:
    """Where an error is, and what is related to it."""
    yield error.get("source")
    for place in error.get("related", ()):
        yield place.get("source")


def _holds(source: Any, line: int) -> bool:
    return bool(source) and "line" in source and source["line"] <= line <= source.get("end_line", source["line"])
