"""What a language is: its tag, whom it is for, and its tables of texts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain

from service.languages.forms import MARK, Form, Row, Text, forms_of

PROBLEM = "problem"
"""The name under which a table has the details and titles of problem documents."""
LONGEST = 1_000
"""Characters of a text that is translated. Chosen: what is longer lists what callers posted."""
MOST_PARTS = 40
"""Parts of one text that are looked up, so that no text takes long. Chosen: no text of the tests needs as many."""
MOST_TEXTS = 4_000
"""Texts whose translation is cached. Chosen: a few megabytes at worst."""


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
    """How texts are put together, the loosest joint first."""
    tidy: Callable[[str], str]
    """Puts right the blanks around what was filled in."""

    @cached_property
    def _forms(self) -> Mapping[str, Sequence[Form]]:
        return {name: forms_of(rows) for name, rows in self.rows.items()}

    @cached_property
    def _shared(self) -> tuple[Sequence[Form], Sequence[Form], Sequence[Form]]:
        """The forms that any diagnostic may have, the fragments, and the joints in their order."""
        return forms_of(self.anywhere), forms_of(self.fragments), [Form(*row) for row in self.joints]

    @cached_property
    def _cached(self) -> Callable[[str, str], str | None]:
        return lru_cache(maxsize=MOST_TEXTS)(self._translated)

    def translate(self, name: str, text: str) -> str | None:
        """What a diagnostic says, in this language; None where the tables have not all of it."""
        return None if len(text) > LONGEST else self._cached(name, text)

    def _translated(self, name: str, text: str) -> str | None:
        found = Reading(self, name).sentence(text)
        return None if found is None else self.tidy(found)

    def forms(self, name: str) -> Iterator[Form]:
        """The forms of whole texts of a diagnostic; of two that fit, the one that comes first is taken."""
        anywhere, _, joints = self._shared
        return chain(self._forms.get(name, ()), anywhere, joints)

    def parts(self, name: str) -> Iterator[Form]:
        """The forms of what may fill a hole."""
        return chain(self._shared[1], self.forms(name))


class Reading:
    """One text of a diagnostic, and the forms by which it was recognised."""

    def __init__(self, language: Language, name: str) -> None:
        self.language, self.name = language, name
        self.used: list[Form] = []
        self._left = MOST_PARTS

    def sentence(self, text: str) -> str | None:
        """A whole text in the language; None where not all of it is known."""
        return self._first(self.language.forms(self.name), text)

    def part(self, text: str) -> str | None:
        """What fills a hole: as it is where it has no words, else in the language; None where it is not known."""
        if not Text.of(text).has_words:
            return text
        self._left -= 1
        return None if self._left < 0 else self._first(self.language.parts(self.name), text)

    def _first(self, forms: Iterator[Form], text: str) -> str | None:
        """The text as the first form says it that fits, all of whose holes are known."""
        if MARK in text:  # it would be taken for a unit
            return None
        whole, before = Text.of(text), len(self.used)
        for form in forms:
            found = form.filled(whole, self.part)
            if found is not None:
                self.used.append(form)
                return found
            del self.used[before:]
        return None
