"""Each text of the explorer is in every language, with the same holes; none is missing and none is left over."""

import re

import pytest

from tests.page import MODULES, imported_by

LANGUAGES = ("en", "zh")
ENTRY = re.compile(r'^  "([^"]+)":\s*"((?:[^"\\]|\\.)*)",$', re.MULTILINE)
CODE = {name: text for name, text in MODULES.items() if not name.startswith("texts/")}
LITERAL_KEY = re.compile(r'\bt\("([^"]+)"')
STRING = re.compile(r'"([\w.-]+)"')
TEMPLATE = re.compile(r"`(\w+\.[\w.-]*(?:\$\{[^{}`]+\}[\w.-]*)+)`")


def texts_of(language: str) -> dict[str, str]:
    """All texts of a language. A key that stands twice is an error."""
    entries = [entry for part in parts_of(language) for entry in ENTRY.findall(MODULES[part])]
    keys = [key for key, _ in entries]
    assert len(keys) == len(set(keys)), [key for key in keys if keys.count(key) > 1]
    return dict(entries)


def parts_of(language: str) -> list[str]:
    """The modules that have a language's texts."""
    return sorted(name for name in MODULES if name.startswith(f"texts/{language}/"))


def holes(text: str) -> list[str]:
    return sorted(re.findall(r"\{(\w+)\}", text))


def made_by_templates() -> list[re.Pattern[str]]:
    """What the keys look like that the code puts together, as in t(`view.${name}`)."""
    templates = [template for text in CODE.values() for template in TEMPLATE.findall(text)]
    fixed = [re.split(r"\$\{[^{}]*\}", template) for template in templates]
    return [re.compile(r"[\w.-]+".join(map(re.escape, parts))) for parts in fixed]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_of_a_table_is_read_here(language: str) -> None:
    for part in parts_of(language):
        assert MODULES[part].count('": ') == len(ENTRY.findall(MODULES[part])), part


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_all_its_parts(language: str) -> None:
    assert imported_by(f"texts/{language}.js") == set(parts_of(language))


def test_every_language_has_the_same_texts_with_the_same_holes() -> None:
    first, *others = (texts_of(language) for language in LANGUAGES)
    for other in others:
        assert first.keys() == other.keys()
        assert {key: holes(text) for key, text in other.items()} == {key: holes(text) for key, text in first.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty(language: str) -> None:
    assert [key for key, text in texts_of(language).items() if not text.strip()] == []


def test_every_text_is_translated() -> None:
    """A Chinese text has a Chinese character, but for names that are the same everywhere."""
    same = [key for key, text in texts_of("zh").items() if not re.search(r"[\u4e00-\u9fff]", text)]
    english = texts_of("en")
    assert [key for key in same if texts_of("zh")[key] != english[key] or " " in english[key]] == []


@pytest.mark.parametrize("name", sorted(CODE))
def test_every_text_that_the_code_asks_for_exists(name: str) -> None:
    assert set(LITERAL_KEY.findall(CODE[name])) - texts_of("en").keys() == set()


def test_every_text_is_used() -> None:
    strings = {string for text in CODE.values() for string in STRING.findall(text)}
    templates = made_by_templates()
    left = [key for key in texts_of("en").keys() - strings if not any(each.fullmatch(key) for each in templates)]
    assert sorted(left) == []
