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
        form = next(self.fitting(name, text), None)
        return None if form is None else self.tidy(self._filled(form, Text.of(text), 0))

    def _filled(self, form: Form, text: Text, depth: int) -> str:
        """The other side of a form with the holes filled; what fills a hole is translated if it is a fragment."""
        holes = form.holes_of(text)
        assert holes is not None  # it fits
        of_sentence, of_units = holes
        values = {hole: self._fragment(value, depth) for hole, value in of_sentence.items()} | of_units
        return re.sub(r"\{([a-z][a-z0-9_]*)\}", lambda found: values[found[1]], form.other)

    def _fragment(self, text: str, depth: int) -> str:
        if depth == DEEPEST or not WORD.search(UNIT.sub(MARK, text)):
            return text
        form = next(_fitting(self._fragments, text), None)
        return text if form is None else self._filled(form, Text.of(text), depth + 1)


def _fitting(forms: Sequence[Form], text: str) -> Iterator[Form]:
    if MARK in text:  # it would be taken for a unit
        return
    parts = Text.of(text)
    for form in forms:
        if form.holes_of(parts) is not None:
            yield form
