"""The pages of the site: those of `docs/`, the texts at the root of the project, and the reference.

The pages of `docs/` are read on the forge too, so they link to files of the project as they lie there. Here a link to a
page leads to that page of the site, and one to another file, which the site does not have, becomes its text.
"""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath

from documentation.notebooks import page_of
from documentation.reference import reference_pages

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "build" / "docs"
"""What mkdocs reads: `docs_dir` in mkdocs.yml."""

OF_THE_ROOT = {
    "README.md": "project/readme.md",
    "README.zh.md": "project/readme.zh.md",
    "CHANGELOG.md": "project/changelog.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "SECURITY.md": "project/security.md",
    "clients/python/README.md": "project/client.md",
    "examples/tour.ipynb": "project/tour.md",
}
"""Texts outside of `docs/`, and where the site has them."""
TABLES = {
    "openapi.yaml": "reference/endpoints.md",
    "service/core/diagnostics": "reference/diagnostics.md",
    "service/core/frameworks": "reference/frameworks.md",
    "service/core/layers": "reference/layers.md",
    "service/core/layers/parameter_rows": "reference/parameters.md",
    "service/settings.py": "reference/settings.md",
}
"""What the reference is made of: a link to it leads to the page that is made of it."""
ASSETS = ROOT / "documentation" / "assets"
ICON = ROOT / "service" / "page" / "icon.svg"

LINK = re.compile(r"(?P<image>!?)\[(?P<text>(?:[^\[\]]|\[[^\]]*\])*)\]\((?P<target>[^()\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
SHOWN_FILE = re.compile(r"^<!-- file: (\S+) -->$", re.MULTILINE)
"""Where a file of the project is shown on the site; the forge shows the link to it."""
DIGEST = re.compile(r"\n*<!-- of [0-9a-f]{8} -->\n")


def write_pages() -> None:
    """Write all pages anew, with the pictures and what the theme loads."""
    if PAGES.exists():
        shutil.rmtree(PAGES)
    shutil.copytree(ROOT / "docs", PAGES)
    shutil.copytree(ASSETS, PAGES / "assets")
    shutil.copy(ICON, PAGES / "assets")
    for source, place in places().items():
        write(place, as_page(source, text_of(source), places() | TABLES))
    for place, text in reference_pages().items():
        write(place, text)


def write(place: str, text: str) -> None:
    """Write one page."""
    path = PAGES / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def places() -> dict[str, str]:
    """Every text of the project that is a page, and where the site has it."""
    documents = (path.relative_to(ROOT) for path in (ROOT / "docs").rglob("*.md"))
    return {path.as_posix(): path.relative_to("docs").as_posix() for path in documents} | OF_THE_ROOT


def text_of(source: str) -> str:
    """A text of the project in Markdown."""
    text = (ROOT / source).read_text(encoding="utf-8")
    return page_of(text) if source.endswith(".ipynb") else text


def as_page(source: str, text: str, known: Mapping[str, str]) -> str:
    """A text with the links of the site in place of those of the project; code stays as it is."""
    text = SHOWN_FILE.sub(shown_file, text)
    parts, end = [], 0
    for fence in FENCE.finditer(text):
        parts += [linked(source, text[end : fence.start()], known), fence.group()]
        end = fence.end()
    return "".join([*parts, linked(source, text[end:], known)])


def shown_file(match: re.Match[str]) -> str:
    """A file of the project as a block of code; nothing where it is not there."""
    path = ROOT / match[1]
    if not path.is_file():
        return ""
    return f'```{path.suffix[1:]} title="{match[1]}"\n{path.read_text(encoding="utf-8").rstrip()}\n```'


def linked(source: str, prose: str, known: Mapping[str, str]) -> str:
    """Prose whose links lead to pages of the site."""
    here = PurePosixPath(source).parent.as_posix()

    def link(match: re.Match[str]) -> str:
        path, mark, anchor = match["target"].partition("#")
        if not path or ":" in path:
            return match.group()
        target = normpath(f"{here}/{path}")
        if target in known:
            return f"[{match['text']}]({from_page(known[source], known[target])}{mark}{anchor})"
        if target.startswith("docs/") and (ROOT / target).is_file():
            place = PurePosixPath(target).relative_to("docs").as_posix()
            return f"{match['image']}[{match['text']}]({from_page(known[source], place)})"
        return match["text"]

    return LINK.sub(link, DIGEST.sub("\n", prose))


def from_page(page: str, place: str) -> str:
    """The path from one page of the site to another."""
    return relpath(place, PurePosixPath(page).parent.as_posix())
