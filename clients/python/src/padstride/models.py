"""Models as people have them: source code, a configuration, a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BINARY = (".onnx", ".keras", ".pt2", ".h5", ".zip")
"""Endings of files that are no text."""


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

    @classmethod
    def of_file(cls, path: str | Path, **members: Any) -> "Model":
        """The model in a file. Weights of an ONNX file stay here, if `onnx` is installed: no answer depends on them."""
        from padstride.weights import without_weights

        path = Path(path)
        return cls(name=path.name, data=without_weights(path), **members)

    @classmethod
    def of_files(cls, paths: list[Path], root: Path, **members: Any) -> "Model":
        """The model in several source files; each is called by its path below `root`."""
        texts = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in paths}
        return cls(files=texts, **members)

    def members(self) -> dict[str, Any]:
        """Everything but the bytes, as a request has it."""
        named = {name: getattr(self, name) for name in ("source", "files", "entry", "arguments", "format")}
        return {name: value for name, value in named.items() if value is not None}
