"""The Chinese texts are in step with the English ones: their headings, examples, links, and what they translate."""

import re

import pytest

from documentation.translations import DIGEST, FENCE, TRANSLATIONS, digest, recorded, sections, with_digests
from tests.documentation.examples import ROOT

LINKS = re.compile(r"\]\(([^)\s]+)\)|<(http[^>]+)>")


def texts(original: str) -> tuple[str, str]:
    return tuple((ROOT / name).read_text(encoding="utf-8") for name in (original, TRANSLATIONS[original]))  # type: ignore[return-value]


def levels(text: str) -> list[int]:
    return [len(section) - len(section.lstrip("#")) for section in sections(text)]


def links(text: str) -> list[str]:
    """Where a text leads, in order; the first of each is that to the other language."""
    return [link or address for link, address in LINKS.findall(FENCE.sub("", text))][1:]


@pytest.mark.parametrize("original", TRANSLATIONS)
def test_the_sections_are_the_same(original: str) -> None:
    ours, theirs = texts(original)
    assert levels(ours) == levels(theirs)


@pytest.mark.parametrize("original", TRANSLATIONS)
def test_the_examples_are_the_same_to_the_letter(original: str) -> None:
    ours, theirs = texts(original)
    assert FENCE.findall(ours) == FENCE.findall(theirs)


@pytest.mark.parametrize("original", TRANSLATIONS)
def test_they_lead_to_the_same_places(original: str) -> None:
    ours, theirs = texts(original)
    assert links(ours) == links(theirs)


@pytest.mark.parametrize("original", TRANSLATIONS)
def test_every_row_of_a_table_is_translated(original: str) -> None:
    ours, theirs = texts(original)
    assert ours.count("\n| ") == theirs.count("\n| ")


@pytest.mark.parametrize("original", TRANSLATIONS)
def test_every_section_translates_what_stands_there_now(original: str) -> None:
    """Where this fails: mend the Chinese of these sections, then `python -m documentation.translations`."""
    ours, theirs = texts(original)
    pairs = zip(sections(ours), sections(theirs), strict=True)
    stale = [our.split("\n", 1)[0] for our, their in pairs if recorded(their) != digest(our)]
    assert stale == []


def test_a_change_of_one_word_is_noticed_and_a_line_that_is_broken_elsewhere_is_not() -> None:
    ours, theirs = "# One\n\nA text\nhere.\n\n## Two\n\nMore.\n", "# 一\n\n文字。\n\n## 二\n\n更多。\n"
    written = with_digests(ours, theirs)
    assert with_digests(ours.replace("A text\nhere", "A text here"), theirs) == written
    changed = with_digests(ours.replace("More", "Less"), theirs)
    assert recorded(sections(changed)[0]) == recorded(sections(written)[0])
    assert recorded(sections(changed)[1]) != recorded(sections(written)[1])
    assert DIGEST.sub("", written) == theirs
    assert with_digests(ours, written) == written
