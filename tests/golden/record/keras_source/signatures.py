"""Records the signatures of Keras: the names, order and defaults of the arguments of what source can call.

For example: python -m tests.golden.record.keras_source.signatures --out service/models/keras_library/signatures.json
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import argparse
import inspect
import json
import re
import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

OLDER = "service/models/keras/older_functions.py"
"""Names TensorFlow's functions; read as a file, since its package needs more than Keras' environment has."""
PLAIN = (bool, int, float, str, type(None))
KINDS = inspect.Parameter


def entries_of(function: Callable[..., Any]) -> Iterator[str]:
    """The arguments of a function, each with its default as JSON; what takes itself is left out."""
    starred = False
    for entry in inspect.signature(function).parameters.values():
        if entry.name == "self":
            continue
        if entry.kind is KINDS.VAR_POSITIONAL:
            starred = True
            yield f"*{entry.name}"
        elif entry.kind is KINDS.VAR_KEYWORD:
            yield f"**{entry.name}"
        else:
            if entry.kind is KINDS.KEYWORD_ONLY and not starred:
                starred = True
                yield "*"
            yield entry.name + ("" if entry.default is KINDS.empty else f"={default_text(entry.default)}")


def default_text(value: Any) -> str:
    """A default as JSON; null where it is none that JSON has."""
    return json.dumps(list(value) if isinstance(value, tuple) else value if isinstance(value, PLAIN) else None)


def of_every_layer(kind: type, own: list[str]) -> Iterator[str]:
    """The arguments that a layer takes by `**kwargs`, and that its bases take out of them."""
    known = {entry.partition("=")[0] for entry in own}
    if "*" not in known:
        yield "*"
    taken = dict.fromkeys(entry.partition("=")[0] for entry in entries_of(keras.layers.Layer.__init__))
    for base in kind.__mro__:
        if "__init__" in vars(base) and base.__module__.startswith("keras."):
            taken |= dict.fromkeys(re.findall(r"""kwargs\.pop\(\s*["'](\w+)["']""", inspect.getsource(base.__init__)))
    yield from (f"{name}=null" for name in taken if name not in known and name not in ("*", "**kwargs"))


def layers() -> Iterator[tuple[str, str]]:
    """The constructors of all layers, and what calls of them take; of another name of a layer, the name it has."""
    for name, kind in sorted(vars(keras.layers).items()):
        if not (isinstance(kind, type) and issubclass(kind, keras.layers.Layer)) or kind is keras.layers.Layer:
            continue
        if kind.__name__ != name and hasattr(keras.layers, kind.__name__):
            yield f"layers.{name}", f"={kind.__name__}"
            continue
        own = list(entries_of(kind))
        given = [entry for entry in own if not entry.startswith("**")]
        more = of_every_layer(kind, given) if len(given) < len(own) else ()
        yield f"layers.{name}", ", ".join([*given, *more])
        yield f"layers.{name}.call", ", ".join(entries_of(kind.call))


def functions(owner: Any, prefix: str) -> Iterator[tuple[str, str]]:
    """The public functions of a module."""
    for name, function in sorted(vars(owner).items()):
        if inspect.isfunction(function) and not name.startswith("_"):
            yield f"{prefix}.{name}", ", ".join(entries_of(function))


def of_tensorflow() -> Iterator[tuple[str, str]]:
    """TensorFlow's functions that configurations of Keras 2 may have, under their full names."""
    for name in runpy.run_path(OLDER)["FUNCTIONS"]:
        found: Any = tf
        for part in name.split("."):
            found = getattr(found, part, None)
        if callable(found) and not isinstance(found, type):
            yield f"tf.{name}", ", ".join(entries_of(found))


def main() -> None:
    """Write all signatures, one a line."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.record.keras_source.signatures", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the file to write")
    options = parser.parse_args()
    found = [
        *layers(),
        ("Input", ", ".join(entries_of(keras.Input))),
        *functions(keras.ops, "ops"),
        *functions(keras.ops.image, "ops.image"),
        *functions(keras.activations, "activations"),
        *functions(keras.applications, "applications"),
        *of_tensorflow(),
    ]
    lines = [f"{json.dumps(name)}: {json.dumps(signature)}" for name, signature in found]
    version = json.dumps(keras.__version__)
    options.out.write_text("{" + ",\n".join([f'"keras": {version}', *lines]) + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
