"""Which files belong to a model: a source file, and the modules beside it that it imports."""

import ast
from pathlib import Path

from padstride.models import Model


def model_of(paths: list[Path], **members: object) -> Model:
    """The model in some files: one file with the modules of its own folder that it imports, or several together."""
    if len(paths) == 1 and paths[0].is_file():
        imported = imports_of(paths[0])
        if not imported:
            return Model.of_file(paths[0], **members)
        return Model.of_files([paths[0], *imported], paths[0].parent, **members)
    files = [file for path in paths for file in (sorted(path.rglob("*.py")) if path.is_dir() else [path])]
    root = paths[0] if len(paths) == 1 else common_folder(files)
    return Model.of_files(files, root, **members)


def common_folder(files: list[Path]) -> Path:
    """The deepest folder that all files are in."""
    parents = [set(file.resolve().parents) for file in files]
    return max(set.intersection(*parents), key=lambda folder: len(folder.parts))


def imports_of(path: Path) -> list[Path]:
    """The modules of its folder that a source file imports, and those that they import."""
    if path.suffix != ".py":
        return []
    found: list[Path] = []
    waiting = [path]
    while waiting:
        for file in _imported(waiting.pop(), path.parent):
            if file not in found and file != path:
                found.append(file)
                waiting.append(file)
    return found


def _imported(path: Path, root: Path) -> list[Path]:
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError):
        return []  # the service says what is wrong with it
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            package = list(path.parent.relative_to(root).parts[: -(node.level - 1) or None]) if node.level else []
            module = ".".join([*package, *([node.module] if node.module else [])])
            names += [module, *(f"{module}.{alias.name}".lstrip(".") for alias in node.names)]
    return [file for name in names if name for file in _files_of(name, root)]


def _files_of(name: str, root: Path) -> list[Path]:
    """The file of a module below a folder, if there is one."""
    stem = root.joinpath(*name.split("."))
    return [file for file in (stem.with_suffix(".py"), stem / "__init__.py") if file.is_file()]
