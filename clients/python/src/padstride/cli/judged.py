"""What came of checking a path: the same for every format."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from padstride.cli.printing import help_of, words_of
from padstride.findings import Finding, Place


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a model could not be judged, or a file not be changed: no mistake of the model."""

    message: str
    place: Place
    help: str | None = None
    refusal: Finding | None = None
    """The same with its code, where the service says it."""
    error: Exception | None = None
    """What was raised here, where the service says nothing."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What was found at a path."""

    path: Path
    findings: Sequence[Finding] = ()
    failures: Sequence[Failure] = ()
    passed_over: Sequence[str] = ()
    """Why models of the file were not judged: they do not stand by themselves."""
    fixed: Sequence[str] = ()
    """The titles of the changes that were applied before."""
    answered: bool = True
    """Whether a model was judged at all."""

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong, and all was judged that should be."""
        return self.answered and not self.failures and not any(each.severity == "error" for each in self.findings)


def refused(finding: Finding) -> Failure:
    """A reason of the service's for not judging."""
    return Failure(message=finding.message, place=finding.place, help=finding.help, refusal=finding)


def failed(path: Path, error: Exception) -> Failure:
    """An error at a path: a file that is not there, a service that does not answer."""
    return Failure(message=words_of(error), place=Place(path=path), help=help_of(error), error=error)
