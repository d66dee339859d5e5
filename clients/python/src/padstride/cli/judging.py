"""Judges what stands at a path: asks the service for each model there, and applies changes where they are wanted."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from padstride import Client, PadstrideError, Refused
from padstride.cli.judged import Failure, Judged, failed, refused
from padstride.cli.printing import refusals_of
from padstride.diffs import apply_diff
from padstride.findings import Finding, best_fixes
from padstride.models import Model
from padstride.sources import model_of

MOST_FIXES = 100
"""Changes applied one after the other, at most."""
UNNAMED = ("/model/entry", "/model/arguments")
"""Where a refusal points that is about what the file does not say: which model is meant, and what it is made with."""
NAME = re.compile(r"`([\w.]+:)?([\w.]+)`")


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of every model."""

    entry: str | None = None
    arguments: dict[str, Any] | None = None
    options: dict[str, Any] = field(default_factory=dict)
    fix: bool = False
    """Whether files are changed by safe fixes."""
    unsafe: bool = False
    """Whether by others too."""

    def model_at(self, path: Path) -> Model:
        """The model at a path that is asked about."""
        return replace(model_of(path), entry=self.entry, arguments=self.arguments)


@dataclass(frozen=True, kw_only=True)
class Target:
    """A path to check."""

    path: Path
    lenient: bool = False
    """Whether it may hold no model that stands by itself."""
    error: PadstrideError | None = None
    """Why there is nothing to judge."""

    def __str__(self) -> str:
        return str(self.path)


class Judge:
    """Judges paths by asking a service one question of each."""

    def __init__(self, client: Client, question: Question) -> None:
        self._client = client
        self._question = question

    def __call__(self, target: Target) -> Judged:
        """What is found at a path, after the changes that are asked for."""
        try:
            if target.error:
                raise target.error
            judged = self._asked(target)
            return self._mended(target, judged) if self._question.fix and judged.findings else judged
        except (PadstrideError, OSError) as error:
            return Judged(path=target.path, failures=[failed(target.path, error)], answered=False)

    def _asked(self, target: Target) -> Judged:
        """What the service says of each model at a path."""
        model = self._question.model_at(target.path)
        outcomes = list(self._outcomes(model))
        findings: list[Finding] = []
        failures: list[Failure] = []
        passed_over: list[str] = []
        for outcome in outcomes:
            if not isinstance(outcome, Refused):
                findings += (each for each in outcome if each not in findings)
            elif target.lenient and self._stands_not_alone(outcome):
                passed_over += (each.message for each in outcome.findings)
            else:
                failures += map(refused, refusals_of(outcome))
        answered = any(not isinstance(outcome, Refused) for outcome in outcomes)
        return Judged(
            path=target.path, findings=findings, failures=failures, passed_over=passed_over, answered=answered
        )

    def _outcomes(self, model: Model) -> Iterator[Sequence[Finding] | Refused]:
        """The findings of a model or why it is refused; of each of several that a file makes.

        Those of modules that it imports count only where it makes none itself.
        """
        outcome = self._outcome(model)
        entries = self._entries(outcome) if isinstance(outcome, Refused) else []
        entries = [each for each in entries if each.startswith(f"{model.origin.module}:")] or entries
        if not entries:
            yield outcome
        for entry in entries:
            yield self._outcome(replace(model, entry=entry))

    def _outcome(self, model: Model) -> Sequence[Finding] | Refused:
        try:
            return self._client.validate(model, **self._question.options).findings
        except Refused as refusal:
            if not refusal.diagnostics:
                raise
            return refusal

    def _entries(self, refusal: Refused) -> list[str]:
        """The models that the service offers to choose from, where none was named; none if there are more."""
        if self._question.entry is not None or [each.location for each in refusal.diagnostics] != ["/model/entry"]:
            return []
        words = refusal.diagnostics[0].help or ""
        names = ["".join(found) for found in NAME.findall(words)]
        return [] if words.endswith("...") or len(names) < 2 else names

    def _stands_not_alone(self, refusal: Refused) -> bool:
        """Whether all that is missing is what a file that uses the model says."""
        said = self._question.entry is not None or self._question.arguments
        return not said and all(each.location in UNNAMED for each in refusal.diagnostics)

    def _mended(self, target: Target, judged: Judged) -> Judged:
        """What is found after changes, one at a time, until none is left that may be applied.

        Where one fails, what was found before it.
        """
        titles: list[str] = []
        while len(titles) < MOST_FIXES and not judged.failures:
            errors = [each for each in judged.findings if each.severity == "error"]
            fix = next(best_fixes(errors, unsafe=self._question.unsafe), None)
            if fix is None or fix.diff is None or fix.folder is None:
                break
            try:
                apply_diff(fix.diff, fix.folder)
                titles.append(fix.title)
                judged = self._asked(target)
            except (PadstrideError, OSError) as error:
                judged = replace(judged, failures=[failed(target.path, error)])
                break
        return replace(judged, fixed=titles)
