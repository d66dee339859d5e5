"""What is promised of the explorer's files, read as files: no browser and no server."""

import re
from pathlib import Path, PurePosixPath

PAGE = Path(__file__).parents[2] / "service" / "page"
FILES = sorted(path for path in PAGE.rglob("*") if path.is_file())
MODULES = {
    path.relative_to(PAGE).as_posix(): path.read_text(encoding="utf-8") for path in FILES if path.suffix == ".js"
}
STATIC_IMPORT = re.compile(r'^(?:import|export)\b[^;]*?["\'](\.{1,2}/[^"\']+)["\'];', re.MULTILINE)


def imported_by(name: str) -> set[str]:
    """The modules that a module names in its import statements."""
    folder = PurePosixPath(name).parent
    return {_normal(folder / place) for place in STATIC_IMPORT.findall(MODULES[name])}


def needed_by(*names: str) -> set[str]:
    """The modules that these need to start, and these."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(imported_by(name))
    return found


def _normal(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
