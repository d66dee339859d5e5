"""The errors of a model: at their places, in the order in which the program meets them, each cause once."""

from collections.abc import Sequence
from dataclasses import replace

from service.core.diagnostics import Diagnostic
from service.models.reading import Mistake
from service.operations.shared.read_models import ReadModel

OF_UNFINISHED = frozenset({"unused-layer"})
"""Warnings that say nothing of a program that raises before it is through."""
ABOUT_SIZES = frozenset({"AssertionError", "ValueError", "RuntimeError", "ZeroDivisionError"})
"""Exceptions with which programs refuse sizes."""
COMPUTED = frozenset({"element-count-mismatch"})
"""Errors of sizes that the program computes."""


def located(diagnostics: Sequence[Diagnostic], model: ReadModel | None) -> Sequence[Diagnostic]:
    """The diagnostics with their places in the model, and those of the model itself; errors before warnings."""
    if model is None:
        return diagnostics
    of_layers = one_for_each_place(model.located(diagnostics))
    errors = [each for each in of_layers if each.is_error]
    warnings = [each for each in of_layers if not each.is_error]
    if model.mistakes:
        errors = _in_order(errors, model)
        warnings = [each for each in warnings if each.rule.name not in OF_UNFINISHED]
    return [*errors, *warnings, *model.unknowns]


def one_for_each_place(diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics, with errors of one name at one place in a text as one error: its line makes many layers."""
    firsts: dict[str, int] = {}
    told: list[Diagnostic] = []
    for diagnostic in diagnostics:
        known = diagnostic.is_error and diagnostic.source is not None and "line" in diagnostic.source
        first = firsts.setdefault(f"{diagnostic.rule.name} {diagnostic.source}", len(told)) if known else len(told)
        if first == len(told):
            told.append(diagnostic)
        else:
            again = (replace(diagnostic, fixes=(), consequences=()), *diagnostic.consequences)
            told[first] = replace(told[first], consequences=(*told[first].consequences, *again))
    return told


def _in_order(errors: Sequence[Diagnostic], model: ReadModel) -> list[Diagnostic]:
    """The errors of layers and those that the program raises, in the order in which it meets them.

    Once it refuses a size, what it computes from that size follows: those errors are consequences of the refusal.
    """
    met = [
        (int(error.location[1]) + 1 if error.location[:1] == ("layers",) else 0, error, error.rule.name in COMPUTED)
        for error in errors
    ]
    raised = zip(model.reading.mistakes, model.mistakes, strict=True)
    everything = [*met, *((mistake.layers, error, _refuses(mistake)) for mistake, error in raised)]
    told: list[Diagnostic] = []
    refusal: int | None = None
    follows: list[Diagnostic] = []
    for _, error, is_about_sizes in sorted(everything, key=lambda each: each[0]):
        if refusal is not None and is_about_sizes:
            follows.append(error)
            continue
        if is_about_sizes and error.rule.name not in COMPUTED:
            refusal = len(told)
        told.append(error)
    if refusal is not None:
        told[refusal] = with_consequences(told[refusal], follows)
    return told


def _refuses(mistake: Mistake) -> bool:
    """Whether a program refuses a size there: not a name, nor something that is not there."""
    return mistake.name in ABOUT_SIZES and not mistake.renames


def with_one_cause(diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The errors that one change mends as one error: the first, and the others as its consequences."""
    errors = [diagnostic for diagnostic in diagnostics if diagnostic.is_error]
    if len(errors) < 2:
        return list(diagnostics)
    first, *others = errors
    return [with_consequences(first, others), *(each for each in diagnostics if not each.is_error)]


def with_consequences(cause: Diagnostic, others: Sequence[Diagnostic]) -> Diagnostic:
    """An error with others, and what follows from those, as its consequences."""
    hidden = [replace(error, fixes=(), consequences=()) for error in others]
    deeper = [consequence for error in others for consequence in error.consequences]
    return replace(cause, consequences=(*cause.consequences, *hidden, *deeper))
