"""Which modules a source file imports, of those that lie beside it."""

import ast
import os
from collections.abc import Iterator
from pathlib import Path, PurePath


def root_of(path: Path) -> Path:
    """The folder from which a file's modules are imported: its own, or the one that holds its outermost package.

    Where that has none of them, a folder above it that has, up to the working folder: `src` of `src/nets/big.py`. It is
    relative where the path is.
    """
    folder = path.parent
    while (folder / "__init__.py").is_file() and folder.resolve() != folder.resolve().parent:
        folder = _above(folder)
    return next((root for root in _up_from(folder) if _imported(name_below(root, path), root)), folder)


def name_below(root: Path, path: Path) -> PurePath:
    """What a file is called below a folder."""
    return PurePath(os.path.relpath(path, root))


def _up_from(folder: Path) -> Iterator[Path]:
    """A folder and those above it, up to the working folder; it alone where it lies elsewhere."""
    yield folder
    last = Path.cwd()
    while last in folder.resolve().parents:
        folder = _above(folder)
        yield folder


def _above(folder: Path) -> Path:
    return folder / ".." if folder.name in ("", "..") else folder.parent


def imports_of(main: PurePath, root: Path) -> list[PurePath]:
    """The modules that a source file imports, and those that they import, by their paths below `root`, as `main` is."""
    found: list[PurePath] = []
    pending = [main]
    while pending:
        for file in _imported(pending.pop(), root):
            if file not in found and file != main:
                found.append(file)
                pending.append(file)
    return found


def _imported(file: PurePath, root: Path) -> list[PurePath]:
    tree = tree_of(root / file)
    names: list[str] = []
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            package = file.parent.parts[: -(node.level - 1) or None] if node.level else ()
            module = ".".join([*package, *([node.module] if node.module else [])])
            names += [module, *(f"{module}.{alias.name}".lstrip(".") for alias in node.names)]
    return [found for name in names if name for found in _files_of(name, root)]


def _files_of(name: str, root: Path) -> list[PurePath]:
    """The file of a module below a folder, if there is one."""
    stem = PurePath(*name.split("."))
    return [file for file in (stem.with_suffix(".py"), stem / "__init__.py") if (root / file).is_file()]


def tree_of(path: Path) -> ast.Module | None:
    """The syntax tree of a file; None where it is no Python."""
    try:
        return ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return None
