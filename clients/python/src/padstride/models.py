"""Models as people have them: source code, a configuration, a file."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from padstride.errors import PadstrideError
from padstride.imports import imports_of, name_below, root_of

BINARY = (".onnx", ".keras", ".pt2", ".h5", ".zip")
"""Endings of files that are no text."""
SENT = ("source", "files", "entry", "arguments", "format", "training")
"""Members that a request has."""


@dataclass(frozen=True)
class Origin:
    """Where a model is on this machine: the service knows it by names only."""

    folder: Path | None = None
    """The folder of its files; None where it is in no file."""
    name: str = "network"
    """What a place is in that names no file."""

    @property
    def module(self) -> str:
        """What Python calls it, as `package.module`."""
        return self.name.removesuffix(".py").replace("/", ".").removesuffix(".__init__")

    def path(self, name: str | None) -> Path:
        """The file that the service calls `name`: as it is written from the working folder, or in full."""
        path = Path(name or self.name)
        if self.folder is None:
            return path
        return path if (path := self.folder / path).is_absolute() else Path(os.path.relpath(path))


NOWHERE = Origin()
"""Of a network that is in no file."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model to ask about: the bytes of a file, one text, or several texts by their paths.

    `entry` is what makes it, such as `Net` or `package.module:Net`; the service finds it where there is one choice.
    """

    name: str | None = None
    data: bytes | None = None
    source: str | None = None
    files: Mapping[str, str] | None = None
    entry: str | None = None
    arguments: Mapping[str, Any] | None = None
    format: str | None = None
    training: bool | None = None
    origin: Origin = field(default=NOWHERE, compare=False)

    @classmethod
    def of_file(cls, path: str | Path, **members: Any) -> "Model":
        """The model in a file; one of source takes the modules of its folder with it that it imports.

        Weights of an ONNX file stay here: no answer depends on them.
        """
        from padstride.weights import without_weights

        path = Path(path)
        if path.suffix == ".py":
            root = root_of(path)
            main = name_below(root, path)
            if imported := imports_of(main, root):
                return cls.of_files([root / file for file in (main, *imported)], root, **members)
        return cls(name=path.name, data=without_weights(path), origin=Origin(path.parent, path.name), **members)

    @classmethod
    def of_files(cls, paths: list[Path], root: Path, **members: Any) -> "Model":
        """The model in several source files; each is called by its path below `root`. The first is the main one."""
        texts = {path.relative_to(root).as_posix(): _text_of(path) for path in paths}
        return cls(files=texts, origin=Origin(root, next(iter(texts), "")), **members)

    def members(self) -> dict[str, Any]:
        """Everything but the bytes, as a request has it."""
        named = {name: getattr(self, name) for name in SENT}
        return {name: value for name, value in named.items() if value is not None}


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise PadstrideError(
            f"{path} is not written in UTF-8: byte {error.start} is {error.object[error.start]:#x}"
        ) from None
