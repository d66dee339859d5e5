"""What is said of a model while it is read: what is not understood, and what the program would raise, each once."""

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from service.models.posted import PostedModel
from service.models.reading import Literal, Mistake, NotUnderstood, Rename, TextPlace, WrongModelError
from service.models.source.behind import literals_behind
from service.models.source.host import RaisedError, Unknown

if TYPE_CHECKING:
    from service.models.source.frames import Frame

_MOST = 200
"""Messages of a kind. What comes later follows from them more often than not."""
_LONGEST = 300
"""Characters of a message that quotes the source."""
_LONGEST_QUOTED = 80
_HELP: dict[str, str] = {
    "NameError": "define or import the name before it is used",
    "AttributeError": "set the attribute in `__init__`, or mend its name",
    "TypeError": "give the arguments that the function takes",
    "AssertionError": "change the sizes, so that the assertion holds",
    "ImportError": "post the file that defines the name, or mend the name",
    "KeyError": "use a key that the dictionary has",
    "IndexError": "use an index within the sequence",
    "ZeroDivisionError": "divide by a number other than 0",
}


class Journal:
    """Collects what is said."""

    frame: "Frame | None"
    model: PostedModel

    @property
    def place(self) -> TextPlace:
        """Where the call stands that is being interpreted."""
        raise NotImplementedError

    @property
    def layers_so_far(self) -> int:
        """How many layers of the network there are."""
        raise NotImplementedError

    def catches(self, error: RaisedError) -> bool:
        """Whether something around would catch an exception."""
        raise NotImplementedError

    def __init__(self) -> None:
        self.not_understood_places: list[NotUnderstood] = []
        self.mistakes: list[Mistake] = []
        self.quiet = False
        """Whether what is not understood is kept back until it is used."""
        self.handlers: list[tuple[str, ...]] = []
        """The exceptions that would be caught now, by the `try` statements around."""
        self._said: set[tuple[object, ...]] = set()

    def not_understood(self, message: str) -> Unknown:
        """Say once, at the place of the call, that something is not understood."""
        place = self.place
        if self.quiet:
            return Unknown(reason=message, place=place)
        self._tell(message, place)
        return Unknown(reason=message)

    def use(self, unknown: Unknown) -> Unknown:
        """Something is done with an unknown value: now it matters, and is said where it arose."""
        if unknown.place is not None and not self.quiet:
            self._tell(unknown.reason, unknown.place)
        return unknown

    def guess(self, test: ast.expr, frame: "Frame") -> None:
        """Say that a condition is not known."""
        frame.node = test
        text = frame.unit.place(test).text[:_LONGEST_QUOTED]
        self.not_understood(f"whether `{text}` holds is not known")

    def mistake(self, error: RaisedError, node: ast.AST, frame: "Frame") -> None:
        """Say that the program would raise."""
        if frame.node is None or (frame is self.frame and isinstance(node, ast.Raise | ast.Assert)):
            frame.node = node
        self.report(error, literals_behind(node, frame))

    def report(self, error: RaisedError, literals: Sequence[Literal] = (), renames: Sequence[Rename] = ()) -> None:
        """Say that the program would raise, at the place of the call or of the wrong name; once for each place.

        Raises:
            RaisedError: Something around would catch it.
            WrongModelError: Only a sound model was asked for.
        """
        if self.catches(error):
            raise error
        if self.model.only_sound:
            raise WrongModelError
        place = renames[0].place if renames else self.place
        key = (error.type_name, place.file, place.line, place.column)
        if key not in self._said and len(self.mistakes) < _MOST:
            self._said.add(key)
            name = error.type_name
            message = str(error)[:_LONGEST] or name
            advice = _HELP.get(name, "change the source so that this is not raised")
            if renames:
                advice = f"write `{renames[0].name}`"
            made = Mistake(
                name=name,
                message=message,
                help=advice,
                place=place,
                literals=literals,
                layers=self.layers_so_far,
                renames=renames,
            )
            self.mistakes.append(made)

    def _tell(self, message: str, place: TextPlace) -> None:
        key = (message, place.file, place.line, place.column)
        if key not in self._said and len(self.not_understood_places) < _MOST:
            self._said.add(key)
            self.not_understood_places.append(NotUnderstood(message=message[:_LONGEST], place=place))
