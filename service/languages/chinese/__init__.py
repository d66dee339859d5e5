"""Simplified Chinese, in the terms of Chinese textbooks of deep learning.

A subject a file, each with ROWS by the name of a diagnostic, and what others share: ANYWHERE and FRAGMENTS. Both sides
of a row have the same holes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from itertools import chain
from pkgutil import iter_modules

from service.languages.chinese import joints
from service.languages.forms import Row
from service.languages.language import Language

TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})
"""Scripts and regions whose readers this is not for."""
BLANK = re.compile(r"(?<=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]) +(?=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])")
BESIDE_A_MARK = re.compile(r" +(?=[\u3000-\u303f\uff00-\uffef])|(?<=[\u3000-\u303f\uff00-\uffef]) +")
SUBJECTS = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]


def _takes(wanted: str) -> bool:
    """`zh`, and whatever narrows it, but for the traditional script."""
    language, *narrower = wanted.split("-")
    return language == "zh" and TRADITIONAL.isdisjoint(narrower)


def _tidy(text: str) -> str:
    """No blanks between Chinese characters, nor beside their punctuation."""
    return BESIDE_A_MARK.sub("", BLANK.sub("", text))


def _rows() -> Mapping[str, Sequence[Row]]:
    """The rows of all subjects, by the names of diagnostics."""
    names = dict.fromkeys(chain.from_iterable(subject.ROWS for subject in SUBJECTS if hasattr(subject, "ROWS")))
    return {name: list(_of(name)) for name in names}


def _of(name: str) -> Iterator[Row]:
    for subject in SUBJECTS:
        yield from getattr(subject, "ROWS", {}).get(name, ())


LANGUAGE = Language(
    tag="zh",
    takes=_takes,
    rows=_rows(),
    anywhere=[row for subject in SUBJECTS for row in getattr(subject, "ANYWHERE", ())],
    fragments=[row for subject in SUBJECTS for row in getattr(subject, "FRAGMENTS", ())],
    joints=joints.JOINTS,
    tidy=_tidy,
)
