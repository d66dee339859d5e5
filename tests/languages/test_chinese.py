"""The tables of Chinese: they have what the service says, nothing that it does not say, and change no fact."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from service.core.diagnostics import DIAGNOSTICS
from service.languages.chinese import LANGUAGE, SUBJECTS
from service.languages.forms import CHOICE, HOLE, KEPT, REST, UNIT, WORD, Form, Row, Text, forms_of
from service.languages.language import PROBLEM, Reading
from tests.languages.corpus import Said, asked, recorded

UNMET = Path(__file__).with_name("unmet.txt")
"""The English of rows that say what no test has been told yet; each stands in the code of the service."""
CODE = Path(__file__).parents[2] / "service"
LEAST_COVERED = 0.9
"""Of the texts that the service says of the tests' mistakes."""
NUMBER = re.compile(r"\d+(?:\.\d+)?")
PLACE = re.compile(r"[`,:;]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def rows() -> Iterator[tuple[str, Row]]:
    """Every row, with where it stands: the name of a diagnostic, or that of a table."""
    for subject in SUBJECTS:
        for name, table in getattr(subject, "ROWS", {}).items():
            yield from ((name, row) for row in table)
        for table in ("ANYWHERE", "FRAGMENTS", "JOINTS"):
            yield from ((table, row) for row in getattr(subject, table, ()))


ROWS = list(rows())


@cache
def said() -> list[Said]:
    return sorted({*asked(), *recorded()})


@cache
def used() -> frozenset[str]:
    """The English of the forms that translate a text."""
    found: set[str] = set()
    for name, text in said():
        reading = Reading(LANGUAGE, name)
        if reading.sentence(text) is not None:
            found.update(form.english for form in reading.used)
    return frozenset(found)


def is_met(row: Row) -> bool:
    return any(form.english in used() for form in forms_of([row]))


def unmet() -> set[str]:
    return set(UNMET.read_text(encoding="utf-8").splitlines())


def test_both_sides_of_a_row_have_the_same_holes() -> None:
    wrong = [
        (where, row[0])
        for where, row in ROWS
        for form in forms_of([row])
        if set(HOLE.findall(form.english)) != set(HOLE.findall(row[1]))
    ]
    assert wrong == []


def test_both_sides_of_a_row_have_the_same_numbers() -> None:
    numbers = [(row, *(Counter(NUMBER.findall(HOLE.sub("", side))) for side in row)) for _, row in ROWS]
    assert [row for row, english, chinese in numbers if not english <= chinese] == []


def test_holes_are_told_apart_by_the_words_between_them() -> None:
    for _, (english, _) in ROWS:
        outside = HOLE.findall(UNIT.sub("", CHOICE.sub("", english)))
        assert len(outside) == len(set(outside)), english
        assert REST not in outside[:-1], english
        assert "}{" not in english, english


def test_no_table_has_a_sentence_twice() -> None:
    counts = Counter((where, form.english) for where, row in ROWS for form in forms_of([row]))
    assert [row for row, count in counts.items() if count > 1] == []


def test_every_row_says_something_that_the_service_says() -> None:
    missing = {row[0] for _, row in ROWS if not is_met(row)}
    assert missing - unmet() == set(), "no text uses these rows; are they out of date?"
    assert unmet() - missing == set(), "these rows are used now, or gone; take them from unmet.txt"


@cache
def words_of_the_code() -> str:
    """The words of the texts of the service's code, a text a line."""
    parts: list[str] = []
    for path in CODE.rglob("*.py"):
        if "languages" not in path.parts:
            nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            parts += [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return "\n".join(" ".join(words_of(part)) for part in parts)


def words_of(text: str) -> list[str]:
    return PLACE.sub(" ", text).split()


def stands_in_the_code(english: str) -> bool:
    """Whether two words of a row that follow each other do so in a text of the service's code."""
    for form in forms_of([(english, "")]):
        words = words_of(HOLE.sub(" | ", form.english))
        pairs = [f"{one} {two}" for one, two in pairwise(words) if "|" not in (one, two)]
        if any(text in words_of_the_code() for text in pairs or words):
            return True
    return False


def test_the_words_of_a_row_that_no_text_has_stand_in_the_code() -> None:
    assert [english for english in sorted(unmet()) if not stands_in_the_code(english)] == []


def is_chinese(text: str) -> bool:
    """Whether no two words of English follow each other in a text, beside what is quoted and what Python says."""
    plain = re.sub(r"'[^']*'", "", Text.of(text).plain)
    return CHINESE.search(text) is not None and not re.search(rf"{WORD.pattern} +{WORD.pattern}", plain)


def test_nearly_everything_that_is_said_of_mistakes_is_said_in_chinese() -> None:
    now = sorted(asked())
    assert len(now) > 600
    translated = {entry: LANGUAGE.translate(*entry) for entry in now}
    english = [entry for entry, text in translated.items() if text != entry[1] and not is_chinese(text or "")]
    assert len(english) <= (1 - LEAST_COVERED) * len(now), english[:50]


def test_a_translation_has_every_number_and_every_name_of_the_english() -> None:
    for name, text in said():
        chinese = LANGUAGE.translate(name, text)
        if chinese is not None:
            for pattern in (NUMBER, UNIT):
                assert not Counter(pattern.findall(text)) - Counter(pattern.findall(chinese)), (text, chinese)


def test_a_text_that_is_translated_holds_no_sentence_in_english() -> None:
    kept = {name for name, row in ROWS if KEPT in row[0]}
    for name, text in said():
        chinese = LANGUAGE.translate(name, text)
        assert chinese in (None, text) or name in kept or is_chinese(chinese), (text, chinese)


@cache
def table_of(name: str | None) -> list[Form]:
    """The forms of a diagnostic, or those that any may have."""
    return forms_of(LANGUAGE.anywhere if name is None else LANGUAGE.rows.get(name, ()))


def test_no_text_fits_two_rows_of_a_table_alike() -> None:
    """Of several rows that translate a text, one has more words than the others, or all say the same."""
    for name, text in said():
        whole = Text.of(text)
        for table in (name, None):
            found: dict[int, set[str]] = {}
            for form in table_of(table):
                chinese = form.filled(whole, Reading(LANGUAGE, name).part)
                if chinese is not None:
                    found.setdefault(form.weight, set()).add(chinese)
            assert not found or len(found[max(found)]) == 1, (text, found)


def test_the_names_of_diagnostics_are_those_of_the_service() -> None:
    names = {where for where, _ in ROWS} - {"ANYWHERE", "FRAGMENTS", "JOINTS"}
    assert names - {PROBLEM} <= set(DIAGNOSTICS)
