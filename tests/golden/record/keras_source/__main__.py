"""Runs small programs in Keras: what every layer gives, where a mistake in them raises, whether a repair builds.

    python -m tests.golden.record.keras_source --out tests/golden/keras_source
    python -m tests.golden.record.keras_source --out tests/golden/keras_source --repaired FILE

FILE has the repaired programs, as `python -m tests.models.keras_library.repaired` writes them.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import argparse
import hashlib
import json
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tests.golden.record.keras_source.applications import without_weights
from tests.golden.record.keras_source.programs import CHANGES, MAKERS, SHAPES, programs
from tests.golden.record.readers.keras_runs import BATCH, Run

PACKAGES = "keras==3.15.1 tensorflow-cpu==2.21.0"
FILE = "<program>"
NOT_ON_THE_CPU = ("channels_first",)
SIZE = 32
"""In the place of a size that is not known."""


class OpenRun(Run):
    """A run that looks into the layers of the program too."""

    def _noting(self, called: Callable[..., Any]) -> Callable[..., Any]:
        noted = super()._noting(called)

        def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
            own = isinstance(layer, keras.layers.Layer) and not type(layer).__module__.startswith("keras.")
            if self._path[-1:] == [f"{layer.name}/"]:  # its class's `__call__` calls that of its base
                return called(layer, *args, **kwargs)
            if self._is_inside or not own or isinstance(layer, keras.Model):
                return noted(layer, *args, **kwargs)
            self._path.append(f"{layer.name}/")
            try:
                return called(layer, *args, **kwargs)
            finally:
                self._path.pop()

        return call


def made(name: str, text: str) -> Any:
    """The model of a program."""
    keras.utils.clear_session()
    names: dict[str, Any] = {"__name__": "program"}
    with without_weights():
        exec(compile(text, FILE, "exec"), names)  # noqa: S102 - our own programs
    if name in MAKERS:
        model = names[MAKERS[name]]()
        if name in SHAPES:
            model(np.zeros(SHAPES[name], "float32"))
        return model
    return [value for value in names.values() if isinstance(value, keras.Model)][-1]


def facts_of(name: str, text: str) -> dict[str, Any]:
    """What the layers of a program give, and how many weights there are."""
    model = made(name, text)
    if name in SHAPES:
        inputs = {"input": SHAPES[name]}
    else:
        inputs = {
            tensor.name: [BATCH, *(SIZE if size is None else size for size in tensor.shape[1:])]
            for tensor in model.inputs
        }
    run = OpenRun(keras)
    with run.recording(model):
        given = [_numbers(name, shape) for shape in inputs.values()]
        result = model(given if len(given) > 1 else given[0])
    flat = keras.tree.flatten(result)
    return {
        "inputs": inputs if len(inputs) > 1 else {"input": next(iter(inputs.values()))},
        "shapes": run.shapes,
        "outputs": sorted(list(tensor.shape) for tensor in flat),
        "weights": model.count_params(),
        "layers": [layer.name for layer in model.layers],
    }


def _numbers(name: str, shape: list[int]) -> Any:
    """Zeros; a symbolic tensor where TensorFlow has no kernel for the CPU."""
    return keras.KerasTensor(shape) if name in NOT_ON_THE_CPU else np.zeros(shape, "float32")


def raised(name: str, text: str) -> dict[str, Any] | None:
    """What a program with a mistake raises, and the lines of it that are running then; None where it raises nothing."""
    try:
        made(name, text)
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        return {"error": type(error).__name__, "lines": [frame.lineno for frame in frames if frame.filename == FILE]}
    return None


def digest(text: str) -> str:
    """Of a repaired program."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def main() -> None:
    """Write what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.record.keras_source", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the directory to write to")
    parser.add_argument("--repaired", type=Path, help="repaired programs by the title of the mistake")
    options = parser.parse_args()
    if options.repaired is not None:
        repaired = json.loads(options.repaired.read_text(encoding="utf-8"))
        _write(options.out / "repairs.json", {
            title: {"digest": digest(text), "raised": raised(title.partition(": ")[0], text)}
            for title, text in repaired.items()
        })  # fmt: skip
        return
    _write(options.out / "facts.json", {name: facts_of(name, text) for name, text in programs().items()})
    found = {f"{change.program}: {change.title}": raised(change.program, change.text()) for change in CHANGES}
    _write(options.out / "mistakes.json", found)


def _write(path: Path, facts: dict[str, Any]) -> None:
    lines = [f"{json.dumps(name)}: {json.dumps(fact)}" for name, fact in facts.items()]
    header = f'"keras": {json.dumps(keras.__version__)}'
    path.write_text("{" + ",\n".join([header, *lines]) + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
