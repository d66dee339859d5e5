"""What a check found: each mistake with its place in a file, its cause, and changes that mend it."""

import linecache
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from padstride.answers import DiagnosticObject, ModelPlace
from padstride.diffs import MARK
from padstride.lines import lines_in
from padstride.models import Origin

Severity = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True)
class Place:
    """A stretch of a file; lines and columns from 1, `end_column` after the last character."""

    path: Path
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    what: str | None = None
    """What stands there where it has no line: a node, a layer."""
    text: str | None = None
    """The text of the stretch; of several lines the first."""

    def __str__(self) -> str:
        """path:line:column, as far as they are known."""
        places = [str(place) for place in (self.line, self.column) if place is not None]
        named = [f"[{self.what}]"] if self.what else []
        return ":".join([str(self.path), *places, *named])


@dataclass(frozen=True, kw_only=True)
class Fix:
    """A change that the service has tried: `diff` is a unified one, None where the file is no text.

    The names in `diff` are those of files below `folder`; it is None where the text is in no file.
    """

    title: str
    safe: bool
    diff: str | None
    folder: Path | None


@dataclass(frozen=True, kw_only=True)
class Related:
    """Another place that a mistake has to do with, and why."""

    place: Place
    message: str


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One mistake, or something to look at."""

    code: str
    name: str
    severity: Severity
    message: str
    help: str | None
    url: str
    place: Place
    related: Sequence[Related] = ()
    fixes: Sequence[Fix] = ()
    consequences: Sequence[str] = ()


def findings_of(diagnostics: Sequence[DiagnosticObject], origin: Origin, url: str) -> list[Finding]:
    """Diagnostics with their places on this machine, and links to the service at `url`; errors come first."""
    found = [_finding(diagnostic, origin, url) for diagnostic in diagnostics]
    return sorted(found, key=lambda finding: finding.severity != "error")


def _finding(diagnostic: DiagnosticObject, origin: Origin, url: str) -> Finding:
    return Finding(
        code=diagnostic.code,
        name=diagnostic.name,
        severity=diagnostic.severity,
        message=diagnostic.message,
        help=diagnostic.help,
        url=url + diagnostic.url,
        place=_place(diagnostic.source, origin, diagnostic.location),
        related=[
            Related(place=_place(place.source, origin, place.location), message=place.message)
            for place in diagnostic.related
        ],
        fixes=[
            Fix(title=fix.title, safe=fix.applicability == "safe", diff=fix.diff, folder=origin.folder)
            for fix in diagnostic.fixes
        ],
        consequences=[each.message for each in diagnostic.consequences or []],
    )


def _place(source: ModelPlace | None, origin: Origin, location: str) -> Place:
    """A place of the service's as one on this machine."""
    if source is None:
        return Place(path=origin.path(None), what=location or None)
    what = None if source.line is not None else source.node or source.layer or source.module
    return Place(
        path=origin.path(source.file),
        line=source.line,
        column=source.column,
        end_line=source.end_line,
        end_column=source.end_column,
        what=what,
        text=source.text,
    )


def best_fixes(findings: Sequence[Finding], *, unsafe: bool) -> Iterator[Fix]:
    """Changes of files that may be applied, the likeliest first."""
    fixes = (fix for finding in findings for fix in finding.fixes if fix.diff is not None and fix.folder is not None)
    return (fix for fix in fixes if fix.safe or unsafe)


def lines_of(path: Path, cache: dict[Path, list[str]]) -> list[str]:
    """The lines of a file, read once."""
    if path not in cache:
        cache[path] = _lines(path)
    return cache[path]


def _lines(path: Path) -> list[str]:
    """Those of a file, or of what Python itself has run under that name: a cell of a notebook."""
    if path.is_file():
        return lines_in(path.read_bytes().decode(errors="replace").removeprefix(MARK))
    return [line.rstrip("\n") for line in linecache.getlines(str(path))]


def by_file(findings: Sequence[Finding]) -> Mapping[Path, list[Finding]]:
    """Findings by the file that they are in."""
    files: dict[Path, list[Finding]] = {}
    for finding in findings:
        files.setdefault(finding.place.path, []).append(finding)
    return files
