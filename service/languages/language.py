"""What a language is: its tag, whom it is for, and its tables of texts."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from service.languages.forms import MARK, UNIT, Form, Row, Text, forms_of

PROBLEM = "problem"
"""The name under which a table has the details and titles of problem documents."""
LONGEST = 2_000
"""Characters of a text that is translated. Chosen: what is longer lists what callers posted."""
DEEPEST = 12
"""Fragments within fragments. Chosen."""
MOST_TEXTS = 4_000
"""Texts whose translation is cached. Chosen: a few megabytes at worst."""
WORD = re.compile(r"[a-z]{2}")


@dataclass(frozen=True, eq=False)
class Language:
    """A language in which answers are given."""

    tag: str
    """Of `Content-Language`."""
    takes: Callable[[str], bool]
    """Whether a language range of `Accept-Language`, in lower case, is served by it."""
    rows: Mapping[str, Sequence[Row]]
    """What diagnostics say, by their names; of problem documents under PROBLEM."""
    anywhere: Sequence[Row]
    """What any diagnostic may say: titles of fixes, notes at related places."""
    fragments: Sequence[Row]
    """What may fill the holes of other texts."""
    joints: Sequence[Row]
    """How texts are put together, the loosest joint first; each part of a text has to be known."""
    tidy: Callable[[str], str]
    """Puts right the blanks around what was filled in."""

    @cached_property
    def _forms(self) -> Mapping[str, Sequence[Form]]:
        return {name: forms_of(rows) for name, rows in self.rows.items()}

    @cached_property
    def _anywhere(self) -> Sequence[Form]:
        return forms_of(self.anywhere)

    @cached_property
    def _fragments(self) -> Sequence[Form]:
        return forms_of(self.fragments)

    @cached_property
    def _joints(self) -> Sequence[Form]:
        return [Form(english, other) for english, other in self.joints]

    @cached_property
    def _cached(self) -> Callable[[str, str], str | None]:
        return lru_cache(maxsize=MOST_TEXTS)(self._translated)

    def translate(self, name: str, text: str) -> str | None:
        """What a diagnostic says, in this language; None where no table has the text."""
        return None if len(text) > LONGEST else self._cached(name, text)

    def fitting(self, name: str, text: str) -> Iterator[Form]:
        """The forms of a diagnostic that fit a text, the one that is taken first."""
        yield from _fitting(self._forms.get(name, ()), text)
        yield from _fitting(self._anywhere, text)

    def _translated(self, name: str, text: str) -> str | None:
        found = self._sentence(name, text, 0) or self._joined(name, text, 0)
        return None if found is None else self.tidy(found)

    def _sentence(self, name: str, text: str, depth: int) -> str | None:
        """A text that one form has."""
        form = next(self.fitting(name, text), None)
        if form is None:
            return None
        return form.filled(Text.of(text), lambda value: self._part(name, value, depth + 1) or value)

    def _joined(self, name: str, text: str, depth: int) -> str | None:
        """A text that is put together of others, all of them known."""
        for joint in _fitting(self._joints, text):
            parts: list[str | None] = []

            def known(value: str, parts: list[str | None] = parts) -> str:
                parts.append(self._part(name, value, depth + 1))
                return parts[-1] or value

            joined = joint.filled(Text.of(text), known)
            if None not in parts:
                return joined
        return None

    def _part(self, name: str, text: str, depth: int) -> str | None:
        """What fills a hole: a fragment, a sentence, several of them, or what needs no translation."""
        if depth == DEEPEST or not WORD.search(UNIT.sub(MARK, text)):
            return text
        fragment = next(_fitting(self._fragments, text), None)
        if fragment is not None:
            return fragment.filled(Text.of(text), lambda value: self._part(name, value, depth + 1) or value)
        return self._sentence(name, text, depth) or self._joined(name, text, depth)


def _fitting(forms: Sequence[Form], text: str) -> Iterator[Form]:
    if MARK in text:  # it would be taken for a unit
        return
    parts = Text.of(text)
    for form in forms:
        if form.holes_of(parts) is not None:
            yield form
