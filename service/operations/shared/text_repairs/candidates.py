"""Which changes of a posted text are tried, the likeliest first."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import chain, product, takewhile
from math import inf

from service.core.diagnostics import Diagnostic, Fix
from service.models.reading import Mistake, TextPlace
from service.models.source.integers_around import integers_around
from service.models.text_edits import Edits, TextEdit, python_text
from service.models.upstream_literals import UpstreamLiterals, in_turns, near
from service.operations.shared.errors_of_models import COMPUTED
from service.operations.shared.read_models import ReadModel
from service.operations.shared.text_repairs.trials import Mistaken, TextTrials, Written, mistaken, raised

MOST_FIXES = 3
"""Fixes of an error that are written in the text. Chosen: each may be written in several ways."""
MOST_ERRORS = 2
"""Errors whose own fixes are written. Chosen: where there are more, a number upstream is wrong."""
MOST_GUESSED = 8
"""Texts that are read although the network that they should make has errors: sizes that are computed may mend them."""


def found_otherwise(diagnostics: Sequence[Diagnostic], repairs: Sequence[Fix], trials: TextTrials) -> Iterator[Written]:
    """What would mend one of the errors, and other numbers upstream of the first, as far as that leaves no error."""
    for fix in _fixes_of(diagnostics):
        if (one := trials.written(fix)) is not None:
            yield one
    first = next((error for error in diagnostics if error.is_error and error.location[:1] == ("layers",)), None)
    if first is None:
        return
    literals = UpstreamLiterals(trials.model.reading, int(first.location[1]))
    changes = list(dict.fromkeys(change for fix in (*first.fixes, *repairs) for change in _sizes_changed(fix)))
    yield from _upstream(literals, changes, diagnostics, trials)
    half = trials.steps // 2
    followed = takewhile(lambda _: trials.steps > half, literals.followed_by_the_program())
    for place, value in chain(followed, _around(literals, trials.model)):
        if (one := trials.guessed(place, value)) is not None:
            yield one


def all_of(errors: Sequence[Diagnostic], mistakes: Sequence[Mistake] = ()) -> Counter[Mistaken]:
    """The errors of a model, with their consequences, and what its program would raise."""
    found = (mistaken(each) for error in errors for each in (error, *error.consequences))
    return Counter([*found, *map(raised, mistakes)])


def renames_of(mistakes: Sequence[Mistake], before: Counter[Mistaken], trials: TextTrials) -> dict[int, list[Fix]]:
    """For each mistake of the program the names that mend it alone."""
    fixes: dict[int, list[Fix]] = {}
    for number, mistake in enumerate(mistakes):
        edits = [TextEdit(rename.place, rename.name) for rename in mistake.renames[:MOST_FIXES]]
        tried = (trials.renamed(edit, before, raised(mistake)) for edit in edits)
        fixes[number] = [fix for fix in tried if fix is not None]
    return fixes


def parts_of(
    errors: Sequence[Diagnostic], before: Counter[Mistaken], trials: TextTrials
) -> dict[Mistaken, list[Written]]:
    """For each of several errors what mends it alone: first the likeliest of each, as far as half the trials go."""
    parts: dict[Mistaken, list[Written]] = {}
    readings, steps = trials.readings // 2, trials.steps // 2
    for number, error in product(range(MOST_FIXES), errors):
        if number < len(error.fixes) and trials.readings > readings and trials.steps > steps:
            one = trials.part(error.fixes[number], before, mistaken(error))
            parts.setdefault(mistaken(error), []).extend([] if one is None else [one])
    return parts


def _upstream(
    literals: UpstreamLiterals,
    changes: Sequence[tuple[int, int]],
    diagnostics: Sequence[Diagnostic],
    trials: TextTrials,
) -> Iterator[Written]:
    """Numbers upstream that leave no error in the network that the text should make; then those that move it back."""
    later: list[tuple[int, TextPlace, int]] = []
    for place, value in literals.numbers(changes):
        errors = trials.errors_left(literals.network_after(place, value))
        if errors == [] and (one := trials.guessed(place, value)) is not None:
            yield one
        elif errors and _first_layer(errors, but=COMPUTED) > _first_layer(diagnostics):
            later.append((len(errors), place, value))
    for _, place, value in sorted(later, key=lambda each: each[0])[:MOST_GUESSED]:
        if (one := trials.guessed(place, value)) is not None:
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


def renamings(mistakes: Sequence[Mistake]) -> Iterator[Edits]:
    """Other names for the wrong ones: for all mistakes their likeliest, then the others for the first."""
    renamed = [mistake.renames for mistake in mistakes if mistake.renames]
    if renamed and len(renamed) == len(mistakes):
        yield tuple(dict.fromkeys(TextEdit(names[0].place, names[0].name) for names in renamed))
        rest = tuple(TextEdit(names[0].place, names[0].name) for names in renamed[1:])
        for other in renamed[0][1:]:
            yield (TextEdit(other.place, other.name), *rest)


def numbers_changed(mistake: Mistake, model: ReadModel) -> Iterator[Edits]:
    """Other numbers for those behind a mistake, then for those that stand around it."""
    choices = [(literal.place, value) for literal in mistake.literals for value in near(literal.value)]
    if isinstance(mistake.place, TextPlace):
        for integers in integers_around(model.model.files, [mistake.place], model.model.limits):
            choices += in_turns(integers)
    for place, value in choices:
        yield (TextEdit(place, python_text(value)),)
