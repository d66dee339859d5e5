"""Texts, parsed: within bounds, since the parser itself can be made slow or to nest without end."""

import ast
import re
import warnings
from dataclasses import dataclass, field
from functools import lru_cache

from service.models.posted import ReadingLimits
from service.models.reading import ModelLimitError, TextPlace, UnreadableModelError
from service.models.text_lines import lines_of

_BRACKETS = re.compile(r"[\[({\])}]")
_STRINGS_AND_COMMENTS = re.compile(
    r"""'''(?:\\.|[^\\])*?(?:'''|\\?\Z)|"{3}(?:\\.|[^\\])*?(?:"{3}|\\?\Z)"""
    r"""|'(?:\\.|[^\\'\n])*(?:'|\n|\\?\Z)|"(?:\\.|[^\\"\n])*(?:"|\n|\\?\Z)|\#[^\n]*""",
    re.DOTALL,
)
"""Every alternative matches to the end where nothing closes it, so that the time stays linear."""
_TOKEN = re.compile(r"\w+|[^\w\s]")
_MOST_TOKENS = 200_000
"""Words and signs of one file. Measured: a tree takes some 300 bytes for each, and large modules have 30,000."""
_MOST_CACHED_TOKENS = 15_000
"""Larger texts are parsed each time, so that the cache stays below 100 MB."""


@dataclass(eq=False, slots=True)
class Unit:
    """A text with its tree."""

    file: str | None
    """Its path; None for a single text."""
    text: str
    tree: ast.Module
    posted: bool
    """Whether places in it are told: library source is not posted."""
    module: str = "__main__"
    """The dotted name of the module."""
    package: str = ""
    """The dotted name of the package that relative imports begin at."""
    _lines: list[str] = field(default_factory=list)

    def place(self, node: ast.AST) -> TextPlace:
        """Where a node stands."""
        if not self._lines:
            self._lines.extend(lines_of(self.text) or [""])
        line, end_line = node.lineno, node.end_lineno  # type: ignore[attr-defined]
        first, last = self._line(line), self._line(end_line)
        column = _characters(first, node.col_offset)  # type: ignore[attr-defined]
        end_column = _characters(last, node.end_col_offset)  # type: ignore[attr-defined]
        return TextPlace(
            file=self.file,
            line=line,
            column=column + 1,
            end_line=end_line,
            end_column=end_column + 1,
            text=first[column:end_column] if line == end_line else first[column:],
        )

    def _line(self, number: int) -> str:
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""


def _characters(line: str, offset: int) -> int:
    """The characters before an offset in bytes, as UTF-8 has them."""
    return offset if line.isascii() else len(line.encode(errors="replace")[:offset].decode(errors="ignore"))


def parsed(
    text: str, file: str | None, limits: ReadingLimits, *, posted: bool = True, module: str = "", package: str = ""
) -> Unit:
    """A text with its tree.

    Raises:
        UnreadableModelError: It is no Python.
        ModelLimitError: It is nested too deeply.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")
    tokens = _checked_tokens(text, file)
    _check_depth(text, limits.max_model_depth, file)
    try:
        if not posted:
            tree = _library_tree(text, file)
        else:
            tree = _cached_tree(text, file) if tokens <= _MOST_CACHED_TOKENS else _tree(text)
    except SyntaxError as error:
        raise _no_python(error, text, file) from None
    except ValueError as error:
        raise UnreadableModelError(f"{_named(file)} is no Python source: {error}", "post the text of a file") from None
    except (RecursionError, MemoryError):
        raise _too_deep(file, limits.max_model_depth) from None
    return Unit(file=file, text=text, tree=tree, posted=posted, module=module or "__main__", package=package)


@lru_cache(maxsize=8)
def _cached_tree(text: str, _file: str | None) -> ast.Module:
    """The tree of a text, once for each file that has it: nodes keep their places."""
    return _tree(text)


@lru_cache(maxsize=256)
def _library_tree(text: str, _file: str | None) -> ast.Module:
    """The tree of a text of ours."""
    return _tree(text)


def _checked_tokens(text: str, file: str | None) -> int:
    """How many words and signs a text has.

    Raises:
        ModelLimitError: Too many.
    """
    count = 0
    for count, _ in enumerate(_TOKEN.finditer(text), 1):
        if count > _MOST_TOKENS:
            raise ModelLimitError(
                f"{_named(file)} has more than {_MOST_TOKENS} words and signs",
                "max_source_bytes",
                "post the part that defines the model",
            )
    return count


def _tree(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _check_depth(text: str, deepest: int, file: str | None) -> None:
    """Brackets in brackets, looked at before the parser does."""
    if _depth(text, deepest) > deepest and _depth(_STRINGS_AND_COMMENTS.sub("", text), deepest) > deepest:
        raise _too_deep(file, deepest)


def _depth(text: str, enough: int) -> int:
    depth = deepest = 0
    for bracket in _BRACKETS.finditer(text):
        depth = depth + 1 if bracket[0] in "([{" else max(depth - 1, 0)
        if depth > deepest:
            deepest = depth
            if deepest > enough:
                break
    return deepest


def _too_deep(file: str | None, limit: int) -> ModelLimitError:
    return ModelLimitError(
        f"{_named(file)} is nested too deeply", "max_model_depth", f"nest expressions and blocks less than {limit} deep"
    )


def _no_python(error: SyntaxError, text: str, file: str | None) -> UnreadableModelError:
    line, column = max(error.lineno or 1, 1), max(error.offset or 1, 1)
    lines = lines_of(text)
    there = lines[line - 1] if line <= len(lines) else ""
    place = TextPlace(
        file=file,
        line=line,
        column=column,
        end_line=max(error.end_lineno or line, line),
        end_column=max(error.end_offset or 0, column + 1) if (error.end_lineno or line) == line else 1,
        text=there[:200],
    )
    return UnreadableModelError(
        f"line {line} of {_named(file)} is no Python: {error.msg}", "mend the syntax", place=place
    )


def _named(file: str | None) -> str:
    return f"`{file}`" if file else "the source"
