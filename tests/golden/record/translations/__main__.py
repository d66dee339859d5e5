"""Networks translated, and both sides run with the same weights on the same numbers.

    python -m tests.golden.record.translations write --scratch DIR
    python -m tests.golden.record.translations run --framework pytorch --scratch DIR
    python -m tests.golden.record.translations run --framework keras --scratch DIR
    python -m tests.golden.record.translations facts --scratch DIR --out tests/golden/translations

`write` needs the service, `run` a framework, `facts` NumPy. Weights belong to the name of their layer and are drawn in
PyTorch's order of axes, so that both sides get the same ones.
"""

import argparse
import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

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
                              "translation": answer["source"]})  # fmt: skip
    (scratch / WRITTEN).write_text(json.dumps(cases, indent=1))


def run(scratch: Path, framework: str) -> None:
    """The outputs of every program in a framework: of the originals, and of what was written."""
    runner = import_module(f"{__package__}.{framework}_runs")
    outputs: dict[str, Any] = {"version": np.array(runner.version())}
    for case in json.loads((scratch / WRITTEN).read_text()):
        label = f"{case['name']} {case['from']} {case['to']}"
        inputs = numbers(case["input_shapes"])
        if case["from"] == framework:
            for place, array in enumerate(runner.outputs(case["original"], inputs)):
                outputs[f"{label} original {place}"] = array
        if case["to"] == framework:
            pairs = zip(inputs, case["written_shapes"], case["input_shapes"], strict=True)
            arranged = [moved(array, case["from"], shape, given) for array, shape, given in pairs]
            for place, array in enumerate(runner.outputs(case["translation"], arranged)):
                outputs[f"{label} translation {place}"] = array
    np.savez(scratch / f"{framework}.npz", **outputs)


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
    arrays = {name: np.load(scratch / f"{name}.npz") for name in FRAMEWORKS}
    cases = []
    for case in json.loads((scratch / WRITTEN).read_text()):
        label, outputs = f"{case['name']} {case['from']} {case['to']}", []
        original, translation = arrays[case["from"]], arrays[case["to"]]
        count = sum(name.startswith(f"{label} original") for name in original.files)
        assert count == sum(name.startswith(f"{label} translation") for name in translation.files)
        for place in range(count):
            wanted, made = original[f"{label} original {place}"], translation[f"{label} translation {place}"]
            there = moved(wanted, case["from"], made.shape, wanted.shape)
            same = there.shape == made.shape
            outputs.append({
                "shape": list(wanted.shape), "written_shape": list(made.shape),
                "difference": float(np.abs(there - made).max()) if same else None,
                "largest": float(np.abs(wanted).max()), "deviation": float(wanted.std()),
                "first": [round(float(value), 5) for value in wanted.reshape(-1)[:SHOWN]],
            })  # fmt: skip
        kept = {name: case[name] for name in ("name", "from", "to", "input_shapes", "translation")}
        cases.append({**kept, "outputs": outputs})
    versions = {name: str(arrays[name]["version"]) for name in FRAMEWORKS}
    out.mkdir(exist_ok=True)
    text = json.dumps({"versions": versions, "cases": cases}, indent=1)
    (out / "facts.json").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """One of the steps."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=["write", "run", "facts"])
    parser.add_argument("--framework", choices=FRAMEWORKS)
    parser.add_argument("--scratch", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    if given.step == "write":
        write(given.scratch)
    elif given.step == "run":
        run(given.scratch, given.framework)
    else:
        facts(given.scratch, given.out)


if __name__ == "__main__":
    main()
