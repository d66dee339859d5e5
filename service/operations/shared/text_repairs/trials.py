"""Changes of posted text, each made in the text, which is then read and judged again."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jsonpatch
from jsonpointer import JsonPointerException

from service.core.diagnostics import Diagnostic, Fix
from service.core.layers.pointers import Pointer
from service.models.reading import Mistake, TextPlace, UnreadableModelError
from service.models.text_edits import NEXT, Edits, TextEdit, diff_of, edited, python_text, ways_to_write
from service.operations.shared.network_body import NetworkBody
from service.operations.shared.read_models import ReadModel, read, with_network
from service.operations.shared.tried_fixes import patched, posted
from service.problems import Problem

MOST_READINGS = 100
"""Texts that are read and judged again for one answer. Chosen: most of them fail early, at what they should mend."""
MOST_STEPS = 200_000
"""Steps that all those readings may take. Measured: 1 to 2 seconds."""
STEPS_AFTER_SUCCESS = 80_000
"""Steps in which more is guessed once a repair was found. Chosen."""
CHARACTERS_OF_A_STEP = 20
"""Characters of a text whose parsing takes as long as a step. Measured."""
MOST_LAYERS_JUDGED = 25_000
"""Layers judged again to tell which texts are worth reading. Measured: 30 microseconds each."""

Judge = Callable[[Any], Sequence[Diagnostic]]
"""Every diagnostic of a request with a network."""
Mistaken = tuple[str, Pointer | str]
"""An error: its name, and its location or what the program would raise."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """A change of the text after which the model has no error: the fix, and the edits that it stands for."""

    fix: Fix
    edits: Edits


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    """A text after some edits, what is read from it, and the errors of that."""

    files: Mapping[str, str]
    request: NetworkBody
    errors: Counter[Mistaken]


class TextTrials:
    """Tries changes of a posted text, as many as are allowed for one answer."""

    def __init__(self, model: ReadModel, request: NetworkBody, judge: Judge, share: int) -> None:
        self.model = model
        self.request = request
        self.judge = judge
        self.share = share
        """Of how many items of a batch this is one, all of which share what may be spent."""
        self.readings = MOST_READINGS // share if _can_be_changed(model) else 0
        self.steps = MOST_STEPS // share
        self.networks = MOST_LAYERS_JUDGED // share // (len(model.reading.network["layers"]) + 1)
        self._outcomes: dict[tuple[Edits, bool], _Outcome | None] = {}
        self._diffs: set[str] = set()

    def written(self, fix: Fix) -> Written | None:
        """A repair of the network as a change of the text; None where none is found that leaves no error."""
        for edits in ways_to_write(fix.patch, self.model.reading) if self.readings else ():
            if (made := self.made(edits, fix)) is not None:
                return made
        return None

    def errors_left(self, network: dict[str, Any]) -> list[Diagnostic] | None:
        """The errors of a network as the text should make it; None where it cannot be judged.

        That is found out faster than by reading the text, which may make another network.
        """
        if self.networks <= 0:
            return None
        self.networks -= 1
        try:
            request = with_network(self.request, replace(self.model.reading, network=network))
            return errors_among(self.judge(request))
        except Problem:
            return None

    def guessed(self, place: TextPlace, value: Any) -> Written | None:
        """Another value at a place, if it leaves no error."""
        return self.made((TextEdit(place, python_text(value)),))

    def made(self, edits: Edits, fix: Fix | None = None) -> Written | None:
        """Some edits as a fix, if they leave no error; None where they were made before.

        Once some were found, fewer steps are left for more.
        """
        outcome = self._outcome(edits, only_sound=True)
        if outcome is None or outcome.errors:
            return None
        diff = diff_of(self.model.model.files, outcome.files)
        if diff in self._diffs:
            return None
        self._diffs.add(diff)
        self.steps = min(self.steps, STEPS_AFTER_SUCCESS // self.share)
        before, after = posted(self.request) | dict(self.model.reading.network), posted(outcome.request)
        if fix is not None and _makes(fix, before, after):
            return Written(fix=replace(fix, diff=diff), edits=edits)
        patch = tuple(jsonpatch.make_patch(before, after).patch)
        return Written(fix=Fix(_title(edits), patch, diff=diff), edits=edits)

    def part(self, fix: Fix, errors: Counter[Mistaken], error: Mistaken) -> Written | None:
        """The fix of one error among several as a change of the text, if that error goes and no other comes."""
        for edits in ways_to_write(fix.patch, self.model.reading):
            if (diff := self._diff_without(edits, errors, error)) is not None:
                return Written(fix=replace(fix, diff=diff), edits=edits)
        return None

    def renamed(self, edit: TextEdit, errors: Counter[Mistaken], error: Mistaken) -> Fix | None:
        """Another name in place of a wrong one, if what the program would raise there goes and nothing else comes."""
        diff = self._diff_without((edit,), errors, error)
        same = edit.text.lower() == (edit.place.text or "").lower()
        return None if diff is None else Fix(_title((edit,)), (), "safe" if same else "unsafe", diff)

    def _diff_without(self, edits: Edits, errors: Counter[Mistaken], error: Mistaken) -> str | None:
        """The diff of some edits that leave all errors but one."""
        outcome = self._outcome(edits, only_sound=False)
        mends = outcome is not None and outcome.errors <= errors - Counter([error])
        return diff_of(self.model.model.files, outcome.files) if outcome is not None and mends else None

    def _outcome(self, edits: Edits, *, only_sound: bool) -> _Outcome | None:
        """What becomes of the model with some edits; None where it cannot be read, or no more may be tried.

        Where it has to be sound, it is read up to the first error only. The same is read once.
        """
        key = edits, only_sound
        if key not in self._outcomes and self.readings > 0 and self.steps > 0:
            self.readings -= 1
            self._outcomes[key] = self._read(edits, only_sound)
        return self._outcomes.get(key)

    def _read(self, edits: Edits, only_sound: bool) -> _Outcome | None:
        model = self.model
        files = edited(model.model.files, edits)
        if files is None or files == model.model.files:
            return None
        self.steps -= sum(map(len, files.values())) // CHARACTERS_OF_A_STEP
        try:
            reading = read(replace(model.model, files=files, only_sound=only_sound), model.format)
            self.steps -= reading.steps
            request = with_network(self.request, reading)
        except UnreadableModelError as error:
            self.steps -= error.steps
            return None
        except Problem:
            return None
        if len(reading.not_understood) > len(model.reading.not_understood):
            return None
        errors = Counter([*map(raised, reading.mistakes), *map(mistaken, errors_among(self.judge(request)))])
        return _Outcome(files=files, request=request, errors=errors)


def errors_among(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Those that are errors."""
    return [diagnostic for diagnostic in diagnostics if diagnostic.is_error]


def raised(mistake: Mistake) -> Mistaken:
    """What the program would raise, without its line: another change may move that."""
    return mistake.name, mistake.message


def mistaken(error: Diagnostic) -> Mistaken:
    """What an error is called, and where it is: the same after a change elsewhere."""
    return error.rule.name, error.location


def _can_be_changed(model: ReadModel) -> bool:
    """Whether a model is a text of which it is known what might be changed."""
    return bool(model.model.files) and bool(model.reading.literals or model.reading.mistakes)


def _title(edits: Edits) -> str:
    """What is written where, for a change of the text that is more than one of a layer."""
    return ", and ".join(f"{change(edit)} in line {edit.place.line}" for edit in edits)


def change(edit: TextEdit) -> str:
    """What one edit writes, without its line."""
    if edit.place.text:
        return f"write `{edit.text}` in place of `{edit.place.text}`"
    return f"add `{edit.text.removeprefix(NEXT)}`"


def _makes(fix: Fix, before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether a fix makes of the network what the text makes of it."""
    try:
        return bool(patched(before, fix.patch) == after)
    except (jsonpatch.JsonPatchException, JsonPointerException):
        return False
