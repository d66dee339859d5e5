"""Networks translated, and both sides run with the same weights on the same numbers.

    python -m tests.golden.record.translations write --scratch DIR
    python -m tests.golden.record.translations originals --framework pytorch --scratch DIR
    python -m tests.golden.record.translations originals --framework keras --scratch DIR
    python -m tests.golden.record.translations translations --framework pytorch --scratch DIR
    python -m tests.golden.record.translations translations --framework keras --scratch DIR
    python -m tests.golden.record.translations facts --scratch DIR --out tests/golden/translations

`write` needs the service, `originals` and `translations` a framework, `facts` NumPy. The weights of an original are
drawn; the translation gets them as `weights` of the answer says, and each of its weights has to get one.
"""

import argparse
import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from tests.golden.record.translations.weights import moved as weights_moved
from tests.golden.record.translations.weights import told

WRITTEN = "written.json"
FRAMEWORKS = ("pytorch", "keras")
SHOWN = 8
"""Numbers of each output that are kept for people."""


def write(scratch: Path) -> None:
    """Every network with its translation into each framework."""
    banks = {name: import_module(f"{__package__}.models_in_{name}") for name in FRAMEWORKS}
    operation = import_module("service.operations.write_network").OPERATION
    cases = []
    for framework, bank in banks.items():
        for name, (shapes, text) in bank.MODELS.items():
            for to in FRAMEWORKS:
                source = bank.HEAD + text
                answer = operation.respond({"format": to, "model": {"source": source}, "input_shapes": shapes})
                assert answer["source"], f"{name}: {answer['diagnostics']}"
                written = [list(shape) for shape in answer["input_shapes"].values()]
                inputs = {
                    "input_shapes": shapes,
                    "written_shapes": [[b or 1 for b in shape[:1]] + shape[1:] for shape in written],
                }
                cases.append({"name": name, "from": framework, "to": to, **inputs, "original": source,
                              "translation": answer["source"], "weights": answer["weights"]})  # fmt: skip
    (scratch / WRITTEN).write_text(json.dumps(cases, indent=1))


def originals(scratch: Path, framework: str) -> None:
    """The outputs and the weights of every network that a framework has."""
    runner = import_module(f"{__package__}.{framework}_runs")
    arrays: dict[str, Any] = {"version": np.array(runner.version())}
    for case in _cases(scratch):
        if case["from"] == case["to"] == framework:
            outputs, weights = runner.run(case["original"], numbers(case["input_shapes"]), None)
            arrays |= {f"{case['name']} output {place}": array for place, array in enumerate(outputs)}
            arrays |= {f"{case['name']} weight {name}": array for name, array in weights.items()}
    np.savez(scratch / f"{framework}-originals.npz", **arrays)


def translations(scratch: Path, framework: str) -> None:
    """The outputs of everything that was written for a framework, with the weights of its original."""
    runner, arrays = import_module(f"{__package__}.{framework}_runs"), dict[str, Any]()
    for case in _cases(scratch):
        if case["to"] == framework:
            stored, start = np.load(scratch / f"{case['from']}-originals.npz"), f"{case['name']} weight "
            weights = {name.removeprefix(start): stored[name] for name in stored.files if name.startswith(start)}
            triples = zip(numbers(case["input_shapes"]), case["written_shapes"], case["input_shapes"], strict=True)
            inputs = [moved(array, case["from"], shape, given) for array, shape, given in triples]
            outputs, _ = runner.run(case["translation"], inputs, weights_moved(weights, case["weights"]))
            arrays |= {f"{case['name']} {case['from']} {place}": array for place, array in enumerate(outputs)}
    np.savez(scratch / f"{framework}-translations.npz", **arrays)


def _cases(scratch: Path) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads((scratch / WRITTEN).read_text())
    return cases


def numbers(shapes: list[list[int]]) -> list[Any]:
    """The inputs, in the order of axes of the original."""
    return [np.random.default_rng(place).normal(size=shape).astype(np.float32) for place, shape in enumerate(shapes)]


def moved(array: Any, framework: str, shape: list[int], given: list[int]) -> Any:
    """An array of the original with its channels where the translation has them, if that is another place."""
    if list(shape[1:]) == list(given[1:]) or len(given) < 3:
        return array
    return np.moveaxis(array, 1, -1) if framework == "pytorch" else np.moveaxis(array, -1, 1)


def facts(scratch: Path, out: Path) -> None:
    """How far the outputs of each translation are from those of its original."""
    before = {name: np.load(scratch / f"{name}-originals.npz") for name in FRAMEWORKS}
    after = {name: np.load(scratch / f"{name}-translations.npz") for name in FRAMEWORKS}
    cases = []
    for case in _cases(scratch):
        original, translation, outputs = before[case["from"]], after[case["to"]], []
        first, second = f"{case['name']} output ", f"{case['name']} {case['from']} "
        count = sum(name.startswith(first) for name in original.files)
        assert count == sum(name.startswith(second) for name in translation.files)
        for place in range(count):
            wanted, made = original[f"{first}{place}"], translation[f"{second}{place}"]
            there = moved(wanted, case["from"], made.shape, wanted.shape)
            same = there.shape == made.shape
            outputs.append({
                "shape": list(wanted.shape), "written_shape": list(made.shape),
                "difference": float(np.abs(there - made).max()) if same else None,
                "largest": float(np.abs(wanted).max()), "deviation": float(wanted.std()),
                "first": [round(float(value), 5) for value in wanted.reshape(-1)[:SHOWN]],
            })  # fmt: skip
        kept = {name: case[name] for name in ("name", "from", "to", "input_shapes", "translation")}
        places = {name: told(place) for name, place in case["weights"].items()}
        cases.append({**kept, "weights": places, "outputs": outputs})
    versions = {name: str(before[name]["version"]) for name in FRAMEWORKS}
    out.mkdir(exist_ok=True)
    text = json.dumps({"versions": versions, "cases": cases}, indent=1)
    (out / "facts.json").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """One of the steps."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=["write", "originals", "translations", "facts"])
    parser.add_argument("--framework", choices=FRAMEWORKS)
    parser.add_argument("--scratch", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    if given.step == "write":
        write(given.scratch)
    elif given.step == "facts":
        facts(given.scratch, given.out)
    else:
        (originals if given.step == "originals" else translations)(given.scratch, given.framework)


if __name__ == "__main__":
    main()
