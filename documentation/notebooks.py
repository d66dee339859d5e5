"""A notebook as a page: its texts as they are, its code as blocks, and below each block what it showed."""

import json
from collections.abc import Iterator
from typing import Any


def page_of(notebook: str) -> str:
    """The text of a notebook, in Markdown."""
    return "\n\n".join(part for cell in json.loads(notebook)["cells"] for part in _parts(cell)) + "\n"


def _parts(cell: dict[str, Any]) -> Iterator[str]:
    source = _text(cell["source"])
    yield source if cell["cell_type"] == "markdown" else _block("python", source)
    yield from map(_shown, cell.get("outputs", []))


def _shown(output: dict[str, Any]) -> str:
    """The richest form that a page can have of what a cell showed."""
    data = output.get("data", {})
    if "text/html" in data:
        return _text(data["text/html"])
    if "image/png" in data:
        alt = output["metadata"].get("image/png", {}).get("alt", "")
        return f"![{alt}](data:image/png;base64,{_text(data['image/png']).strip()})"
    return _block("text", _text(data.get("text/plain", output.get("text", ""))))


def _block(language: str, text: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```"


def _text(lines: str | list[str]) -> str:
    """A text as the format keeps it: whole, or in lines."""
    return lines if isinstance(lines, str) else "".join(lines)
