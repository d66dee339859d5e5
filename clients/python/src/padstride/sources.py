"""What holds a model: files, folders, standard input."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from padstride.errors import PadstrideError
from padstride.imports import tree_of
from padstride.models import BINARY, Model, Origin

BASES = ("Module", "Sequential")
"""Classes that a model's class comes from, by the last part of their names."""
MAKERS = ("Sequential",)
"""Calls that make a model, likewise."""
KERAS = ("keras", "tensorflow", "tf_keras")
KERAS_BASES = ("Model", "Layer")
KERAS_MAKERS = ("Model", "Functional")
"""The same in files that import Keras: elsewhere these names mean other things, such as a table of a database."""
PIPE = "<stdin>"
"""What a model is called that comes from standard input."""
HIDDEN = (".", "__pycache__", "node_modules", "site-packages")
"""Beginnings of folders that are not searched."""


def model_of(path: Path) -> Model:
    """The model at a path: of a file with the modules of its own folder that it imports, of a folder, of `-`.

    Raises:
        PadstrideError: where there is no such file, or no source in the folder.
    """
    if str(path) == "-":
        return _model_of_pipe()
    if path.is_dir():
        files = list(_sources_below(path))
        if not files:
            raise PadstrideError(f"{path} has no file that ends in .py")
        return Model.of_files(files, path)
    if not path.is_file():
        raise PadstrideError(f"{path} does not exist" if not path.exists() else f"{path} is no file")
    return Model.of_file(path)


def _model_of_pipe() -> Model:
    data = piped()
    origin = Origin(None, PIPE)
    try:
        return Model(source=data.decode(), origin=origin)
    except UnicodeDecodeError:
        return Model(name="standard-input", data=data, origin=origin)


@cache
def piped() -> bytes:
    """What comes from standard input, which can be read only once.

    Raises:
        PadstrideError: where nothing comes.
    """
    data = sys.stdin.buffer.read()
    if not data.strip():
        raise PadstrideError("nothing comes from standard input")
    return data


def models_below(folder: Path) -> list[Path]:
    """The files of a folder that each make a model.

    Raises:
        PadstrideError: where there is none.
    """
    sources = [path for path in _sources_below(folder) if makes_model(path)]
    found = sorted([*sources, *(path for path in _files_below(folder) if path.suffix in BINARY)])
    if not found:
        raise PadstrideError(f"no file in {folder} makes a model")
    return found


def _sources_below(folder: Path) -> Iterator[Path]:
    return (path for path in _files_below(folder) if path.suffix == ".py")


def _files_below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        below = path.relative_to(folder).parts[:-1]
        if path.is_file() and not any(part.startswith(HIDDEN) for part in below):
            yield path


def makes_model(path: Path) -> bool:
    """Whether a file may make a model: any that is no source, and source with a class or a call that makes one."""
    if path.suffix != ".py":
        return True
    try:
        tree = tree_of(path)
    except OSError:
        return True  # told where it is judged
    if tree is None:
        return True  # the service says what is wrong with it
    nodes = list(ast.walk(tree))
    of_keras = any(name.split(".")[0] in KERAS for node in nodes for name in _modules_of(node))
    bases, makers = (BASES + KERAS_BASES, MAKERS + KERAS_MAKERS) if of_keras else (BASES, MAKERS)
    for node in nodes:
        named = node.bases if isinstance(node, ast.ClassDef) else [node.func] if isinstance(node, ast.Call) else []
        known = bases if isinstance(node, ast.ClassDef) else makers
        if any(_last_name(name) in known for name in named):
            return True
    return False


def _modules_of(node: ast.AST) -> list[str]:
    """What a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
