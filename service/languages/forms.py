"""Sentences with holes, and how they are recognised.

A form is written `{spelled} is {value}, but {source} has {count} <channel|channels>`: a name in braces is a hole, which
holds one character or more, and `<a|b>` is either of its words. What stands in backticks, brackets or double quotes is
one unit, which no hole begins or ends inside, so that what callers name cannot be taken for words of the sentence.

What fills a hole is known in the other language, or has no words; anything fills a hole whose name begins with `raw`.
A form fits a text in one way or not at all. Where it could fit in several it does not fit, unless its last hole is
called `rest`: then the holes before it are as short as they can be.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

HOLE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
CHOICE = re.compile(r"<([^<>|]*(?:\|[^<>|]*)+)>")
UNIT = re.compile(r'`[^`]*`|\[(?:[^][`]|\[[^][`]*\])*\]|"[^"`]*(?:"|\.\.\.)')
WORD = re.compile(r"(?<![\w./-])(?!(?:true|false|null|nan|inf|onnxruntime)\b)[a-z]{2,}(?![\w./(-])")
"""A word of English, not of code."""
MARK = "\0"
"""Stands for a unit."""
REST = "rest"
PAUSE = "; "
"""Parts whole sentences: no hole but the last holds some of two."""
KEPT = "raw"
"""Holes whose names begin so are filled with what nobody translates."""
Row = tuple[str, str]
"""A sentence in English, and the same in another language."""
Spans = list[tuple[int, int]]


@dataclass(frozen=True)
class Text:
    """A text in which each unit is one mark, and the units."""

    plain: str
    units: Sequence[str]

    @classmethod
    def of(cls, text: str) -> "Text":
        """A text taken apart."""
        return cls(UNIT.sub(MARK, text), UNIT.findall(text))

    @property
    def has_words(self) -> bool:
        """Whether there is English outside its units."""
        return WORD.search(self.plain) is not None

    def part(self, start: int, end: int) -> str:
        """The text between two places, its units written out again."""
        first, *others = self.plain[start:end].split(MARK)
        units = self.units[self.plain.count(MARK, 0, start) :]
        return first + "".join(unit + after for unit, after in zip(units, others, strict=False))


@dataclass(frozen=True)
class Glob:
    """Words that alternate with holes: one more of those than of these."""

    words: Sequence[str]
    holes: Sequence[str]

    @classmethod
    def of(cls, form: str) -> "Glob":
        """A form without choices and units."""
        parts = HOLE.split(form)
        return cls(parts[::2], parts[1::2])

    def places(self, text: str) -> Spans | None:
        """Where the holes are in a text; None where it is another, or where they could be in several places."""
        first, last = self.words[0], self.words[-1]
        if not self.holes:
            return [] if text == first else None
        if not text.startswith(first) or not text.endswith(last):
            return None
        earliest = _earliest(text, len(first), len(text) - len(last), self.words[1:-1])
        if earliest is None or self.holes[-1] == REST:
            return earliest
        return earliest if earliest == _latest(text, len(first), len(text) - len(last), self.words[1:-1]) else None


def _earliest(text: str, start: int, end: int, words: Sequence[str]) -> Spans | None:
    """The holes between words, each word found as early as it can be."""
    spans = []
    for word in words:
        found = text.find(word, start + 1, end)
        if found < 0:
            return None
        spans.append((start, found))
        start = found + len(word)
    return [*spans, (start, end)] if start < end else None


def _latest(text: str, start: int, end: int, words: Sequence[str]) -> Spans | None:
    """The holes between words, each word found as late as it can be."""
    spans: Spans = []
    for word in reversed(words):
        found = text.rfind(word, start, end - 1)
        if found < 0:
            return None
        spans.append((found + len(word), end))
        end = found
    return [(start, end), *reversed(spans)] if start < end else None


@dataclass(frozen=True)
class Form:
    """A sentence with holes, and how it is said in another language."""

    english: str
    other: str

    @cached_property
    def weight(self) -> int:
        """How much of it is words: of two forms that fit, the one with more of them says more."""
        return len(HOLE.sub("", self.english))

    @cached_property
    def _sentence(self) -> Text:
        return Text.of(self.english)

    @cached_property
    def _words(self) -> Glob:
        return Glob.of(self._sentence.plain)

    @cached_property
    def _units(self) -> Sequence[Glob]:
        return [Glob.of(unit) for unit in self._sentence.units]

    def holes_of(self, text: Text) -> tuple[Mapping[str, str], Mapping[str, str]] | None:
        """What is in the holes of a text: of the sentence, and of its units; None where the form does not fit."""
        places = self._words.places(text.plain)
        if places is None:
            return None
        within = self._within_units(text, places)
        if within is None:
            return None
        return {hole: text.part(*place) for hole, place in zip(self._words.holes, places, strict=True)}, within

    def filled(self, text: Text, part: Callable[[str], str | None]) -> str | None:
        """A text in the other language, None where it does not fit; `part` says what is in a hole, or knows it not."""
        holes = self.holes_of(text)
        if holes is None:
            return None
        of_sentence, values = holes[0], dict(holes[1])
        for hole, value in of_sentence.items():
            if hole.startswith(KEPT):
                values[hole] = value
                continue
            if hole != REST and PAUSE in value and PAUSE in Text.of(value).plain:
                return None
            known = part(value)
            if known is None:
                return None
            values[hole] = known
        return HOLE.sub(lambda found: values[found[1]], self.other)

    def _within_units(self, text: Text, places: Spans) -> Mapping[str, str] | None:
        """What is in the holes of the units that the form itself has."""
        holes: dict[str, str] = {}
        for glob, index in zip(self._units, self._own_units(text, places), strict=True):
            unit = text.units[index]
            spans = glob.places(unit)
            if spans is None:
                return None
            for hole, (start, end) in zip(glob.holes, spans, strict=True):
                if holes.setdefault(hole, unit[start:end]) != unit[start:end]:
                    return None
        return holes

    def _own_units(self, text: Text, places: Spans) -> Iterator[int]:
        """Which of a text's units are those of the form, and not in its holes."""
        starts, ends = [0, *(end for _, end in places)], [*(start for start, _ in places), len(text.plain)]
        for start, end in zip(starts, ends, strict=True):
            before = text.plain.count(MARK, 0, start)
            yield from range(before, before + text.plain.count(MARK, start, end))


def forms_of(rows: Sequence[Row]) -> list[Form]:
    """The forms of a table, each choice of words a form of its own; those with more words first."""
    forms = [Form(english, other) for row, other in rows for english in _choices(row)]
    return sorted(forms, key=lambda form: -form.weight)


def _choices(english: str) -> Iterator[str]:
    """A form with each of its choices made in every way."""
    parts = CHOICE.split(english)
    for words in product(*(part.split("|") for part in parts[1::2])):
        yield parts[0] + "".join(word + after for word, after in zip(words, parts[2::2], strict=True))
