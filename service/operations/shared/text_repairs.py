"""Changes of posted text: each is made in the text, which is then read and judged again."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice, takewhile
from math import inf
from typing import Any

import jsonpatch
from jsonpointer import JsonPointerException

from service.core.diagnostics import Diagnostic, Fix
from service.core.diagnostics.model import Related
from service.models.reading import Mistake, TextPlace, UnreadableModelError
from service.models.source.integers_around import integers_around
from service.models.text_edits import NEXT, Edits, TextEdit, diff_of, edited, python_text, ways_to_write
from service.models.upstream_literals import UpstreamLiterals, in_turns, near
from service.operations.shared.network_body import NetworkBody
from service.operations.shared.read_models import ReadModel, read, with_network
from service.operations.shared.tried_fixes import patched, posted
from service.problems import Problem
from service.rendering import place_object

MOST_READINGS = 100
"""Texts that are read and judged again for one answer. Chosen: most of them fail early, at what they should mend."""
CHARACTERS_OF_A_STEP = 20
"""Characters of a text whose parsing takes as long as a step."""
STEPS_AFTER_SUCCESS = 80_000
"""Steps in which more is guessed once a repair was found."""
MOST_LAYERS_JUDGED = 25_000
"""Layers judged again to tell which texts are worth reading. Measured: 30 microseconds each."""
MOST_STEPS = 200_000
"""Steps that all those readings may take. Measured: 1 to 2 seconds."""
MOST_FIXES = 3
"""Fixes of an error that are written in the text. Chosen: each may be written in several ways."""
MOST_ERRORS = 2
"""Errors whose own fixes are written. Chosen: where there are more, a number upstream is wrong."""
MOST_GUESSED = 8
"""Texts that are read although the network that they should make has errors: sizes that are computed may mend them."""
MOST_REPAIRS = 5
"""Repairs that are told at most. Chosen: as many as of a network."""

COMPUTED = frozenset({"element-count-mismatch"})
"""Errors of sizes that the program computes: those in the network are of the text as it is."""

Judge = Callable[[Any], Sequence[Diagnostic]]
"""Every diagnostic of a request with a network."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """A change of the text after which the model has no error: the fix, and the edits that it stands for."""

    fix: Fix
    edits: Edits


class TextTrials:
    """Tries changes of a posted text, as many as are allowed for one answer."""

    def __init__(self, model: ReadModel, request: NetworkBody, judge: Judge, share: int) -> None:
        self.model = model
        self.request = request
        self.judge = judge
        self.readings = MOST_READINGS // share if _can_be_changed(model) else 0
        self.steps = MOST_STEPS // share
        self.networks = MOST_LAYERS_JUDGED // share // (len(model.reading.network["layers"]) + 1)
        self._tried: set[Edits] = set()
        self._diffs: set[str] = set()

    @property
    def has_written(self) -> bool:
        """Whether a change of the text was found that leaves no error."""
        return bool(self._diffs)

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
            return [diagnostic for diagnostic in self.judge(request) if diagnostic.is_error]
        except Problem:
            return None

    def made(self, edits: Edits, fix: Fix | None = None) -> Written | None:
        """Some edits as a fix, if they leave no error; None where they have been tried, or no more may be."""
        if edits in self._tried or self.readings <= 0 or self.steps <= 0:
            return None
        self._tried.add(edits)
        self.readings -= 1
        model = self.model
        files = edited(model.model.files, edits)
        if files is None or files == model.model.files:
            return None
        self.steps -= sum(map(len, files.values())) // CHARACTERS_OF_A_STEP
        try:
            reading = read(replace(model.model, files=files, only_sound=True), model.format)
            self.steps -= reading.steps
            request = with_network(self.request, reading)
        except UnreadableModelError as error:
            self.steps -= error.steps
            return None
        except Problem:
            return None
        unknown = len(reading.not_understood) > len(model.reading.not_understood)
        if reading.mistakes or unknown or any(diagnostic.is_error for diagnostic in self.judge(request)):
            return None
        before, after = posted(self.request) | dict(model.reading.network), posted(request)
        diff = diff_of(model.model.files, files)
        if diff in self._diffs:
            return None
        self._diffs.add(diff)
        if fix is not None and _makes(fix, before, after):
            return Written(fix=replace(fix, diff=diff), edits=edits)
        patch = tuple(jsonpatch.make_patch(before, after).patch)
        return Written(fix=Fix(_title(edits), patch, diff=diff), edits=edits)


def _can_be_changed(model: ReadModel) -> bool:
    """Whether a model is a text of which it is known what might be changed."""
    return bool(model.model.files) and bool(model.reading.literals or model.reading.mistakes)


def with_diffs(
    diagnostics: Sequence[Diagnostic], repairs: Sequence[Fix], trials: TextTrials
) -> tuple[list[Diagnostic], list[Fix]]:
    """The diagnostics and repairs with the changes of the text that they stand for; one such change is for one error.

    A number in the text may be that of many layers. So beside the repairs of the network, what would mend a single
    layer is written, and numbers upstream are changed: what leaves no error is a repair.
    """
    written = [trials.written(repair) if number < MOST_FIXES else None for number, repair in enumerate(repairs)]
    found = [one for one in written if one is not None]
    found += islice(_others(diagnostics, repairs, trials), MOST_REPAIRS - len(found))
    if not found:
        return list(diagnostics), list(repairs)
    told = [one.fix for one in found] + [fix for fix, one in zip(repairs, written, strict=True) if one is None]
    diffs = {str(one.fix.patch): one.fix.diff for one in found}
    located = [_with_diffs_of_fixes(diagnostic, diffs) for diagnostic in diagnostics]
    if len(found[0].edits) == 1:
        located = with_one_cause(located)
    return _with_places(located, found, trials.model), told[:MOST_REPAIRS]


def repairs_of_mistakes(trials: TextTrials) -> list[Fix]:
    """Changes of names and numbers behind what the program would raise, after which it raises nothing and has no error.

    A name is changed in all places at once where it is wrong in several.
    """
    mistakes = trials.model.reading.mistakes
    tried = chain(_renamings(mistakes), _numbers_changed(mistakes[0], trials.model))
    written = (trials.made(edits) for edits in tried)
    return [one.fix for one in islice((one for one in written if one is not None), MOST_REPAIRS)]


def _renamings(mistakes: Sequence[Mistake]) -> Iterator[Edits]:
    """Other names for the wrong ones: for all mistakes their likeliest, then the others for the first."""
    renamed = [mistake.renames for mistake in mistakes if mistake.renames]
    if renamed and len(renamed) == len(mistakes):
        yield tuple(dict.fromkeys(TextEdit(names[0].place, names[0].name) for names in renamed))
        rest = tuple(TextEdit(names[0].place, names[0].name) for names in renamed[1:])
        for other in renamed[0][1:]:
            yield (TextEdit(other.place, other.name), *rest)


def _numbers_changed(mistake: Mistake, model: ReadModel) -> Iterator[Edits]:
    """Other numbers for those behind a mistake, then for those that stand around it."""
    choices = [(literal.place, value) for literal in mistake.literals for value in near(literal.value)]
    if isinstance(mistake.place, TextPlace):
        for integers in integers_around(model.model.files, [mistake.place], model.model.limits):
            choices += in_turns(integers)
    for place, value in choices:
        yield (TextEdit(place, python_text(value)),)


def _others(diagnostics: Sequence[Diagnostic], repairs: Sequence[Fix], trials: TextTrials) -> Iterator[Written]:
    """What would mend one of the errors, and other numbers upstream of the first, as far as that leaves no error."""
    for fix in _fixes_of(diagnostics):
        if (one := trials.written(fix)) is not None:
            yield one
    first = next((error for error in diagnostics if error.is_error and error.location[:1] == ("layers",)), None)
    if first is None:
        return
    changes = [change for fix in (*first.fixes, *repairs) for change in _sizes_changed(fix)]
    literals = UpstreamLiterals(trials.model.reading, int(first.location[1]))
    later: list[tuple[int, Edits]] = []
    for place, value in literals.numbers(list(dict.fromkeys(changes))):
        edits: Edits = (TextEdit(place, python_text(value)),)
        errors = trials.errors_left(literals.network_after(place, value))
        if errors == [] and (one := trials.made(edits)) is not None:
            yield one
        elif errors and _first_layer(errors, but=COMPUTED) > _first_layer(diagnostics):
            later.append((len(errors), edits))
    for _, edits in sorted(later, key=lambda each: each[0])[:MOST_GUESSED]:
        if (one := trials.made(edits)) is not None:
            yield one
    if trials.has_written:
        trials.steps = min(trials.steps, STEPS_AFTER_SUCCESS)
    half = trials.steps // 2
    followed = takewhile(lambda _: trials.steps > half, literals.followed_by_the_program())
    for place, value in chain(followed, _around(literals, trials.model)):
        if (one := trials.made((TextEdit(place, python_text(value)),))) is not None:
            trials.steps = min(trials.steps, STEPS_AFTER_SUCCESS)
            yield one


def _around(literals: UpstreamLiterals, model: ReadModel) -> Iterator[tuple[TextPlace, int]]:
    """Other integers in the functions of the layers upstream, first for those that no parameter is known to come from.

    These decide on what there is: in a condition, as an index, as the number of times that a loop runs.
    """
    functions = list(integers_around(model.model.files, literals.places(), model.model.limits))
    for integers in functions:
        yield from in_turns([integer for integer in integers if integer.place not in literals.known])
    for integers in functions:
        yield from in_turns([integer for integer in integers if integer.place in literals.known])


def _first_layer(errors: Sequence[Diagnostic], but: Collection[str] = ()) -> float:
    """The first layer with an error that has none of these names; -1 where an error is of no layer."""
    layers = (
        float(error.location[1]) if error.location[:1] == ("layers",) else -1.0
        for error in errors
        if error.is_error and error.rule.name not in but
    )
    return min(layers, default=inf)


def _fixes_of(diagnostics: Sequence[Diagnostic]) -> Iterator[Fix]:
    """Some fixes of the first errors."""
    for diagnostic in [diagnostic for diagnostic in diagnostics if diagnostic.is_error][:MOST_ERRORS]:
        yield from diagnostic.fixes[:MOST_FIXES]


def _sizes_changed(fix: Fix) -> Iterator[tuple[int, int]]:
    """What is declared and what arrives, as far as a fix lets the one agree with the other."""
    tested = {step["path"]: step.get("value") for step in fix.patch if step["op"] == "test"}
    for step in fix.patch:
        if step["op"] == "replace":
            old, new = tested.get(step["path"]), step["value"]
            if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
                pairs = zip(old, new, strict=True)
            else:
                pairs = zip([old], [new], strict=True)
            yield from ((one, other) for one, other in pairs if type(one) is type(other) is int and one != other)


def _with_diffs_of_fixes(diagnostic: Diagnostic, diffs: dict[str, str | None]) -> Diagnostic:
    """A diagnostic whose fixes have their diffs; those that have one come first."""
    fixes = [replace(fix, diff=diffs.get(str(fix.patch))) for fix in diagnostic.fixes]
    return replace(diagnostic, fixes=tuple(sorted(fixes, key=lambda fix: fix.diff is None)))


def with_one_cause(diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The errors that one change mends as one error: the first, and the others as its consequences."""
    errors = [diagnostic for diagnostic in diagnostics if diagnostic.is_error]
    if len(errors) < 2:
        return list(diagnostics)
    first, *others = errors
    hidden = [replace(error, fixes=(), consequences=()) for error in others]
    deeper = [consequence for error in others for consequence in error.consequences]
    cause = replace(first, consequences=(*first.consequences, *hidden, *deeper))
    return [cause, *(diagnostic for diagnostic in diagnostics if not diagnostic.is_error)]


def _with_places(diagnostics: list[Diagnostic], found: Sequence[Written], model: ReadModel) -> list[Diagnostic]:
    """The first error with the places in the text that the repairs change, as far as it does not name them."""
    if not diagnostics or not diagnostics[0].is_error:
        return diagnostics
    first = diagnostics[0]
    named = [model.source(first.location), *(model.source(place.location) for place in first.related)]
    related = list(first.related)
    for edit in (edit for one in found for edit in one.edits):
        source = place_object(edit.place)
        if source not in named:
            named.append(source)
            related.append(Related(first.location, f"a change here mends it: `{edit.text.removeprefix(NEXT)}`", source))
    errors = sum(diagnostic.is_error for diagnostic in diagnostics)
    help_text = found[0].fix.title if errors == 1 else first.help
    return [replace(first, related=tuple(related), help=help_text), *diagnostics[1:]]


def _title(edits: Edits) -> str:
    """What is written where, for a change of the text that is more than one of a layer."""
    return ", and ".join(
        f"write `{edit.text}` in place of `{edit.place.text}` in line {edit.place.line}"
        if edit.place.text
        else f"add `{edit.text.removeprefix(NEXT)}` in line {edit.place.line}"
        for edit in edits
    )


def _makes(fix: Fix, before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether a fix makes of the network what the text makes of it."""
    try:
        return bool(patched(before, fix.patch) == after)
    except (jsonpatch.JsonPatchException, JsonPointerException):
        return False
