"""Which files belong to a model: a source file, and the modules beside it that it imports."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from padstride.errors import PadstrideError
from padstride.models import BINARY, Model, Origin

BASES = ("Module", "Model", "Sequential", "Layer")
"""Classes that a model's class comes from, by the last part of their names."""
MAKERS = ("Sequential", "Model", "Functional")
"""Calls that make a model, likewise."""
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
    root = root_of(path)
    imported = imports_of(path, root)
    if not imported:
        return Model.of_file(path)
    return Model.of_files([path, *imported], root)


def _model_of_pipe() -> Model:
    data = piped()
    origin = Origin(Path(), PIPE)
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
    tree = _tree_of(path)
    if tree is None:
        return True  # the service says what is wrong with it
    for node in ast.walk(tree):
        named = node.bases if isinstance(node, ast.ClassDef) else [node.func] if isinstance(node, ast.Call) else []
        known = BASES if isinstance(node, ast.ClassDef) else MAKERS
        if any(_last_name(name) in known for name in named):
            return True
    return False


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def root_of(path: Path) -> Path:
    """The folder from which a file's modules are imported: its own, or the one that holds its outermost package."""
    root = path.parent
    while (root / "__init__.py").is_file() and root.resolve() != root.resolve().parent:
        root = root.parent if root.name else root.resolve().parent
    return root


def imports_of(path: Path, root: Path) -> list[Path]:
    """The modules below `root` that a source file imports, and those that they import."""
    if path.suffix != ".py":
        return []
    found: list[Path] = []
    pending = [path]
    while pending:
        for file in _imported(pending.pop(), root):
            if file not in found and file != path:
                found.append(file)
                pending.append(file)
    return found


def _imported(path: Path, root: Path) -> list[Path]:
    tree = _tree_of(path)
    names: list[str] = []
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            package = list(path.parent.relative_to(root).parts[: -(node.level - 1) or None]) if node.level else []
            module = ".".join([*package, *([node.module] if node.module else [])])
            names += [module, *(f"{module}.{alias.name}".lstrip(".") for alias in node.names)]
    return [file for name in names if name for file in _files_of(name, root)]


def _tree_of(path: Path) -> ast.Module | None:
    try:
        return ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return None


def _files_of(name: str, root: Path) -> list[Path]:
    """The file of a module below a folder, if there is one."""
    stem = root.joinpath(*name.split("."))
    return [file for file in (stem.with_suffix(".py"), stem / "__init__.py") if file.is_file()]
