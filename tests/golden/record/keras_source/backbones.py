"""Records how many channels come out of the models of keras.applications without their heads, and their names.

For example: python -m tests.golden.record.keras_source.backbones --out service/models/keras_library/backbones.json
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import argparse
import gc
import inspect
import json
from collections.abc import Iterator
from pathlib import Path

import keras

SHAPES = {"NASNetLarge": (331, 331, 3)}
"""Inputs of models that take no other."""


def backbones() -> Iterator[tuple[str, str, int]]:
    """The function, the name of the model that it makes, its channels."""
    for name, function in sorted(vars(keras.applications).items()):
        if inspect.isfunction(function) and name[0].isupper():
            shape = SHAPES.get(name, (224, 224, 3))
            model = function(weights=None, include_top=False, pooling="avg", input_shape=shape)
            yield name, model.name, model.output_shape[-1]
            del model
            keras.utils.clear_session()
            gc.collect()


def main() -> None:
    """Write them, one a line."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.record.keras_source.backbones", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the file to write")
    options = parser.parse_args()
    lines = [f"{json.dumps(function)}: {json.dumps([name, channels])}" for function, name, channels in backbones()]
    version = json.dumps(keras.__version__)
    options.out.write_text("{" + ",\n".join([f'"keras": {version}', *lines]) + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
