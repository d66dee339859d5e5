"""The explorer is small, in one piece, and has nothing that its content security policy forbids."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.page import FILES, MODULES, PAGE, imported_by, needed_by

LARGEST = 200_000  # bytes, of all files together
INDEX = (PAGE / "index.html").read_text(encoding="utf-8")
OUTSIDE = re.compile(r"(?:https?:)?//[\w-]+(?:\.[\w-]+)+")
NAMESPACE = "http://www.w3.org/"  # a name, which no browser loads


class Tags(HTMLParser):
    """The elements of a document, with their attributes, and the text inside scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.inline = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep what stands inside a script or a style."""
        if self.found and self.found[-1][0] in ("script", "style") and self.cdata_elem:
            self.inline += data


TAGS = Tags(INDEX)


def test_all_files_together_are_small() -> None:
    sizes = {path.relative_to(PAGE).as_posix(): path.stat().st_size for path in FILES}
    assert sum(sizes.values()) < LARGEST, sorted(sizes.items(), key=lambda item: -item[1])[:10]


def test_the_document_has_no_inline_style_script_or_handler() -> None:
    named = [(tag, name) for tag, attributes in TAGS.found for name in attributes]
    assert [(tag, name) for tag, name in named if name == "style" or name.startswith("on")] == []
    assert [tag for tag, _ in TAGS.found if tag == "style"] == []
    assert TAGS.inline.strip() == ""


@pytest.mark.parametrize("name", sorted(MODULES))
def test_no_module_writes_markup_or_an_inline_style(name: str) -> None:
    """The policy would refuse the style; markup made of texts would be a way in for other people's."""
    words = (
        r"(?:inner|outer)HTML|insertAdjacentHTML|document\.write|\beval\b|new Function|setAttribute\(\"style|\bstyle:"
    )
    assert re.findall(words, MODULES[name]) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PAGE).as_posix())
def test_no_file_names_another_host(path: Path) -> None:
    text = path.read_bytes().decode("utf-8", "ignore").replace(NAMESPACE, "")
    assert OUTSIDE.findall(text) == []


def test_every_module_that_is_imported_exists() -> None:
    assert {place for name in MODULES for place in imported_by(name)} <= set(MODULES)


def test_no_module_is_left_over() -> None:
    """Each is reached from the start, from a language or from a view, which are loaded when they are chosen."""
    chosen = [name for name in MODULES if re.fullmatch(r"(?:texts|views)/[^/]+\.js", name)]
    assert set(MODULES) - needed_by("app.js", *chosen) == set()


def test_what_the_first_view_needs_is_loaded_at_once() -> None:
    """Without this list the browser finds each module only when it has read the one that imports it."""
    listed = [attributes["href"] for tag, attributes in TAGS.found if attributes.get("rel") == "modulepreload"]
    assert len(listed) == len(set(listed))
    assert set(listed) == {f"/page/{name}" for name in needed_by("app.js", "texts/en.js", "views/layer.js")}


def test_every_style_is_linked_and_every_link_is_there() -> None:
    listed = [attributes["href"] for tag, attributes in TAGS.found if attributes.get("rel") == "stylesheet"]
    assert set(listed) == {f"/page/{path.relative_to(PAGE).as_posix()}" for path in FILES if path.suffix == ".css"}


def test_every_colour_has_a_value_for_light_and_for_dark() -> None:
    """And stands in one place: elsewhere colours are names."""
    colour = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(")
    for path in FILES:
        if path.suffix == ".css":
            lines = [line for line in path.read_text(encoding="utf-8").splitlines() if colour.search(line)]
            assert [line for line in lines if "light-dark(" not in line or path.name != "base.css"] == [], path.name
