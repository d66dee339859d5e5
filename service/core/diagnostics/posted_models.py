"""Models that were posted as people have them: source code and files."""

from collections.abc import Iterator

from service.core.diagnostics.model import Fact
from service.core.diagnostics.registry import diagnostic
from service.core.layers.pointers import Pointer


@diagnostic("M801")
def unreadable_model(message: str, help_text: str, at: Pointer) -> Iterator[Fact]:
    """Nothing can be made of the posted model.

    The text is not Python, the file is damaged or of a format that is not read, the class to build is not there, or an
    argument is missing that it needs. Nothing posted is executed, imported or unpickled, so a file that holds code
    (`.pt`, a pickle, a TorchScript archive) cannot be read.
    """
    yield Fact(message, anchor=at, help=help_text)


@diagnostic("M802")
def error_in_source(message: str, help_text: str | None, at: Pointer) -> Iterator[Fact]:
    """The posted program would raise an exception before any layer is wrong.

    A name that is not defined, an attribute that is not there, arguments that a function does not take, an assertion
    that fails. What the statement would have made is unknown, and the rest is judged.
    """
    yield Fact(message, anchor=at, help=help_text)


@diagnostic("W531", "warning")
def not_understood(message: str, at: Pointer) -> Iterator[Fact]:
    """A value, a call or an operator of a posted model is not known here.

    What comes out of it is unknown, and so is what depends on that. The rest of the model is judged. A size that is
    computed from the values of tensors is never known, and neither is what a package makes that is not known here.
    """
    yield Fact(message, anchor=at, help="check by hand what depends on it, or leave it out of what is posted")
