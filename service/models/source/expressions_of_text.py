"""Regular expressions, matched by our own steps, which are counted: none can run away."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.models.source.host import NotKnownError

if TYPE_CHECKING:
    from service.models.source.machine import Machine

_LONGEST = 1_000
"""Characters of a pattern, and of a text that is matched."""
_MOST_REPEATS = 1_000
_CLASSES: dict[str, Callable[[str], bool]] = {
    "d": str.isdecimal,
    "w": lambda character: character.isalnum() or character == "_",
    "s": str.isspace,
}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}

_MOST_STEPS = 50_000
"""Steps of one call; patterns of models need some hundred."""


class Budget:
    """The steps of one call."""

    def __init__(self, machine: "Machine") -> None:
        self.machine = machine
        self.left = _MOST_STEPS

    def renew(self) -> None:
        """Another call begins; what the last one took is counted."""
        self.machine.spend(1 + (_MOST_STEPS - self.left) // 8)
        self.left = _MOST_STEPS

    def spend(self) -> None:
        """One step.

        Raises:
            NotKnownError: It was the last.
        """
        self.left -= 1
        if self.left < 0:
            raise NotKnownError("a regular expression that takes so many steps is not matched")


Groups = dict[int, tuple[int, int]]
Step = Callable[[str, int, Groups], Iterator[tuple[int, Groups]]]
"""Yields each end that a part of a pattern can reach from a position, the preferred first, with the groups."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that is read."""

    text: str
    step: Step
    groups: int
    names: dict[str, int]
    budget: Budget

    def match(self, text: str, start: int, *, whole: bool = False) -> Groups | None:
        """The groups of a match that begins at a position, the whole as number 0; None where there is none."""
        for end, groups in self.step(text, start, {}):
            if not whole or end == len(text):
                return {0: (start, end), **groups}
        return None

    def search(self, text: str, start: int = 0) -> Groups | None:
        """The first match from a position on."""
        return next((found for begin in range(start, len(text) + 1) if (found := self.match(text, begin))), None)

    def every(self, text: str) -> Iterator[Groups]:
        """Every match, one after the other."""
        position = 0
        while position <= len(text):
            found = self.search(text, position)
            if found is None:
                return
            yield found
            begin, end = found[0]
            position = end if end > begin else end + 1


def read_pattern(machine: "Machine", text: str) -> Pattern:
    """A pattern as its steps.

    Raises:
        NotKnownError: It has a part that is not known here, or is too long.
    """
    if len(text) > _LONGEST:
        raise NotKnownError("so long a regular expression is not matched")
    budget = Budget(machine)
    reader = _Reader(budget, text)
    step = reader.alternatives()
    if reader.position < len(text):
        raise reader.unknown()
    return Pattern(text, step, reader.groups, reader.names, budget)


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, budget: Budget, text: str) -> None:
        self.budget = budget
        self.text = text
        self.position = 0
        self.groups = 0
        self.names: dict[str, int] = {}

    def unknown(self) -> NotKnownError:
        """What is raised where a part is not known."""
        return NotKnownError(f"the regular expression {self.text!r} is not matched")

    def peek(self) -> str:
        """The next character, "" at the end."""
        return self.text[self.position : self.position + 1]

    def take(self) -> str:
        """The next character, which is taken."""
        character = self.peek()
        if not character:
            raise self.unknown()
        self.position += 1
        return character

    def takes(self, word: str) -> bool:
        """Whether a word comes next, which is taken then."""
        if self.text.startswith(word, self.position):
            self.position += len(word)
            return True
        return False

    def alternatives(self) -> Step:
        """`a|b|c`"""
        steps = [self.sequence()]
        while self.takes("|"):
            steps.append(self.sequence())
        return steps[0] if len(steps) == 1 else _any_of(steps)

    def sequence(self) -> Step:
        """`abc`"""
        steps: list[Step] = []
        while self.peek() and self.peek() not in "|)":
            steps.append(self.repeated())
        return _in_turn(steps)

    def repeated(self) -> Step:
        """A part with `*`, `+`, `?` or `{m,n}` behind it."""
        step = self.part()
        while self.peek() and self.peek() in "*+?{":
            least, most = self.bounds()
            lazy = self.takes("?")
            step = _repeat(self.budget, step, least, most, lazy=lazy)
        return step

    def bounds(self) -> tuple[int, int]:
        """The least and most repetitions."""
        mark = self.take()
        if mark != "{":
            return {"*": (0, _MOST_REPEATS), "+": (1, _MOST_REPEATS), "?": (0, 1)}[mark]
        inside = ""
        while not self.takes("}"):
            inside += self.take()
        least, comma, most = inside.partition(",")
        if not (least or "0").isdecimal() or not (most or "0").isdecimal():
            raise self.unknown()
        low = int(least or 0)
        return low, (min(int(most), _MOST_REPEATS) if most else _MOST_REPEATS) if comma else low

    def part(self) -> Step:
        """One character, class, anchor or group."""
        character = self.take()
        if character == "(":
            return self.group()
        if character == "[":
            return _one(self.budget, self.characters())
        if character == ".":
            return _one(self.budget, lambda found: found != "\n")
        if character == "^":
            return _where(lambda _, position: position == 0)
        if character == "$":
            return _where(lambda text, position: position == len(text) or text[position:] == "\n")
        if character == "\\":
            return self.escaped()
        if character in "*+?{":
            raise self.unknown()
        return _one(self.budget, lambda found: found == character)

    def group(self) -> Step:
        """`(...)`, `(?:...)`, `(?P<name>...)`"""
        number = 0
        if not self.takes("?:"):
            self.groups += 1
            number = self.groups
            if self.takes("?P<"):
                name = ""
                while not self.takes(">"):
                    name += self.take()
                self.names[name] = number
            elif self.peek() == "?":
                raise self.unknown()
        step = self.alternatives()
        if not self.takes(")"):
            raise self.unknown()
        return _capture(step, number) if number else step

    def escaped(self) -> Step:
        """What stands behind a backslash."""
        if self.takes("b"):
            return _where(_at_edge)
        if self.takes("A"):
            return _where(lambda _, position: position == 0)
        if self.takes("Z"):
            return _where(lambda text, position: position == len(text))
        return _one(self.budget, self.class_or_character(self.take()))

    def class_or_character(self, character: str) -> Callable[[str], bool]:
        """`\\d`, `\\D`, `\\.`"""
        if character.lower() in _CLASSES:
            of_class = _CLASSES[character.lower()]
            return of_class if character.islower() else lambda found: not of_class(found)
        if character.isalnum() and character not in _ESCAPES:
            raise self.unknown()
        meant = _ESCAPES.get(character, character)
        return lambda found: found == meant

    def characters(self) -> Callable[[str], bool]:
        """`[a-z_]`, `[^...]`"""
        negated = self.takes("^")
        tests: list[Callable[[str], bool]] = []
        while not tests or not self.takes("]"):
            first = self.take()
            if first == "\\":
                tests.append(self.class_or_character(self.take()))
            elif self.peek() == "-" and self.text[self.position + 1 : self.position + 2] not in ("]", ""):
                self.take()
                tests.append(_between(first, self.take()))
            else:
                tests.append(_between(first, first))
        return lambda found: any(test(found) for test in tests) != negated


def _between(first: str, last: str) -> Callable[[str], bool]:
    return lambda found: first <= found <= last


def _at_edge(text: str, position: int) -> bool:
    word = _CLASSES["w"]
    before = position > 0 and word(text[position - 1])
    return before != (position < len(text) and word(text[position]))


def _one(budget: Budget, test: Callable[[str], bool]) -> Step:
    def step(text: str, position: int, groups: Groups) -> Iterator[tuple[int, Groups]]:
        budget.spend()
        if position < len(text) and test(text[position]):
            yield position + 1, groups

    return step


def _where(test: Callable[[str, int], bool]) -> Step:
    def step(text: str, position: int, groups: Groups) -> Iterator[tuple[int, Groups]]:
        if test(text, position):
            yield position, groups

    return step


def _in_turn(steps: list[Step]) -> Step:
    if len(steps) == 1:
        return steps[0]

    def step(text: str, position: int, groups: Groups, first: int = 0) -> Iterator[tuple[int, Groups]]:
        if first == len(steps):
            yield position, groups
            return
        for end, found in steps[first](text, position, groups):
            yield from step(text, end, found, first + 1)

    return step


def _any_of(steps: list[Step]) -> Step:
    def step(text: str, position: int, groups: Groups) -> Iterator[tuple[int, Groups]]:
        for alternative in steps:
            yield from alternative(text, position, groups)

    return step


def _capture(inner: Step, number: int) -> Step:
    def step(text: str, position: int, groups: Groups) -> Iterator[tuple[int, Groups]]:
        for end, found in inner(text, position, groups):
            yield end, {**found, number: (position, end)}

    return step


def _repeat(budget: Budget, inner: Step, least: int, most: int, *, lazy: bool) -> Step:
    def step(text: str, position: int, groups: Groups, count: int = 0) -> Iterator[tuple[int, Groups]]:
        budget.spend()
        if lazy and count >= least:
            yield position, groups
        if count < most:
            for end, found in inner(text, position, groups):
                if end > position or count < least:
                    yield from step(text, end, found, count + 1)
        if not lazy and count >= least:
            yield position, groups

    return step
