"""Changes of text: one number in another's place, and unified diffs applied."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TextChange:
    """Other text in a line of a file, from one column to another. Lines count from 1, columns from 0."""

    stem: str
    line: int
    column: int
    end: int
    new: str

    def made_in(self, text: str) -> str:
        """The text with the change."""
        lines = text.splitlines(keepends=True)
        line = lines[self.line - 1]
        lines[self.line - 1] = line[: self.column] + self.new + line[self.end :]
        return "".join(lines)


def applied(diff: str, text: str) -> str:
    """What a unified diff of one file makes of a text.

    Raises:
        ValueError: The diff is of another text.
    """
    lines, after, at = text.splitlines(keepends=True), list[str](), 0
    for line in diff.splitlines(keepends=True)[2:]:
        kind, rest = line[0], line[1:]
        if kind == "@":
            first = int(line.split()[1].partition(",")[0][1:]) - 1
            after += lines[at:first]
            at = first
        elif kind == "+":
            after.append(rest)
        else:
            if lines[at].rstrip("\n") != rest.rstrip("\n"):
                raise ValueError(f"line {at + 1} is not the diff's: {lines[at]!r}, {rest!r}")
            after += [lines[at]] if kind == " " else []
            at += 1
    return "".join(after + lines[at:])


def lines_changed(diff: str) -> list[int]:
    """The lines of the text before that a unified diff changes."""
    changed, at = list[int](), 0
    for line in diff.splitlines()[2:]:
        if line.startswith("@@"):
            at = int(line.split()[1].partition(",")[0][1:])
        elif line.startswith("-"):
            changed.append(at)
            at += 1
        elif line.startswith(" "):
            at += 1
    return changed
