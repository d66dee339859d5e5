"""The pages of the site, before they are built: what they link to is there, and nothing of another host is loaded."""

import re
from pathlib import Path, PurePosixPath
from posixpath import normpath

import pytest
import yaml

from documentation.pages import FENCE, LINK, OF_THE_ROOT, SHOWN_FILE, TABLES, as_page, places, text_of
from documentation.reference import reference_pages, rule_meanings
from service.core.diagnostics import DIAGNOSTICS
from service.core.layers import LAYERS
from service.core.layers.parameters import PARAMETERS
from service.settings import Settings
from tests.documentation.examples import ROOT

REFERENCE = reference_pages()
PAGES = {place: as_page(source, text_of(source), places() | TABLES) for source, place in places().items()} | REFERENCE
CONFIGURATION = (ROOT / "documentation/mkdocs.yml").read_text(encoding="utf-8")


def prose(text: str) -> str:
    return FENCE.sub("", text)


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub and the site make them, or as a heading names its own."""
    made = set()
    for heading in re.findall(r"^#+ (.*)$", prose(text), re.MULTILINE):
        title, _, own = heading.partition("{ #")
        words = re.sub(r"[^\w\s-]", "", title.strip().lower())
        made.add(own.rstrip(" }") or re.sub(r"\s", "-", words))
    return made


def links(text: str) -> list[tuple[str, str]]:
    found = [match["target"].partition("#") for match in LINK.finditer(prose(text))]
    return [(path, anchor) for path, _, anchor in found if not re.match(r"\w+:", path)]


@pytest.mark.parametrize("place", PAGES)
def test_every_link_leads_to_a_page_and_an_anchor_that_is_there(place: str) -> None:
    for path, anchor in links(PAGES[place]):
        target = normpath(f"{PurePosixPath(place).parent}/{path}") if path else place
        assert target in PAGES or (ROOT / "docs" / target).is_file(), f"{place}: {path}"
        assert not anchor or anchor in anchors(PAGES[target]), f"{place}: {path}#{anchor}"


@pytest.mark.parametrize("source", places())
def test_every_link_of_the_projects_files_leads_somewhere_too(source: str) -> None:
    for path, _ in links(text_of(source)):
        assert not path or (ROOT / source).parent.joinpath(path).resolve().exists(), f"{source}: {path}"


def test_every_page_is_in_the_navigation_once() -> None:
    nav = yaml.safe_load(CONFIGURATION[CONFIGURATION.index("\nnav:") :])["nav"]
    listed = [page for entry in nav for value in entry.values() for page in leaves(value)]
    assert sorted(listed) == sorted(PAGES)


def leaves(value: str | list[dict[str, str]]) -> list[str]:
    return [value] if isinstance(value, str) else [page for entry in value for page in entry.values()]


def test_nothing_is_loaded_from_another_host() -> None:
    """The theme's fonts are off, and what its offline search needs is our own."""
    assert "font: false" in CONFIGURATION
    assert "assets/iframe-worker.js" in CONFIGURATION
    assert "http" not in CONFIGURATION
    for asset in (ROOT / "documentation/assets").iterdir():
        assert "//" not in re.sub(r"^ *//.*", "", asset.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for text in PAGES.values():
        assert not re.search(r"<(?:img|script|iframe|link)\b|!\[[^\]]*\]\(http", prose(text))


@pytest.mark.parametrize("source", places())
def test_every_file_that_is_shown_is_there(source: str) -> None:
    for name in SHOWN_FILE.findall(text_of(source)):
        path: Path = ROOT / name
        assert path.is_file() or not (ROOT / "examples" / "ci").exists(), name


def test_the_reference_has_every_row_of_every_table() -> None:
    for name in LAYERS:
        assert f"`{name}`" in REFERENCE["reference/layers.md"]
    for name in PARAMETERS:
        assert f"{{ #{name} }}" in REFERENCE["reference/parameters.md"]
    for name, rule in DIAGNOSTICS.items():
        assert f"{{ #{name} }}\n\n{rule.code}. " in REFERENCE["reference/diagnostics.md"]
    for name in Settings.model_fields:
        assert f"`PADSTRIDE_{name.upper()}`" in REFERENCE["reference/settings.md"]


def test_every_rule_of_a_framework_is_said_in_words() -> None:
    """A rule without a text of its own is said by its name."""
    nameless = {name for name, text in rule_meanings().items() if text == name.replace("_", " ").capitalize() + "."}
    assert nameless <= {"groups", "default_stride", "padding_modes"}
    assert len(rule_meanings()) > 20


def test_a_notebook_shows_its_code_and_what_came_of_it() -> None:
    page = PAGES[OF_THE_ROOT["examples/tour.ipynb"]]
    assert 'padstride.output_size({"type": "conv1d"' in page
    assert "floor((6 + 0 + 0 - 1*(3 - 1) - 1) / 2) + 1 = 2" in page
    assert "```text\nset `in_channels` to 64\n" in page
    assert "![A disc and a square, and their edges](data:image/png;base64,iVBOR" in page
    assert "[the eight questions](../questions.md)" in page


def test_a_link_out_of_the_site_becomes_its_text() -> None:
    known = {"docs/a.md": "a.md", "README.md": OF_THE_ROOT["README.md"]}
    assert as_page("docs/a.md", "[x](../README.md#y) [z](../deploy/nginx.conf)", known) == "[x](project/readme.md#y) z"
    assert as_page("README.md", "[x](docs/a.md)\n```\n[x](docs/a.md)\n```", known) == (
        "[x](../a.md)\n```\n[x](docs/a.md)\n```"
    )
