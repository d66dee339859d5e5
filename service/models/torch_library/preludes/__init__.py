"""Source of our own that stands for modules of PyTorch, torchvision and timm; the interpreter runs it as if posted.

A file is called after its subject. NAMES says which names of which modules it tells.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from service.models.source.host import Prelude

SUFFIX = ".py.txt"
"""Of texts that are source for the interpreter, not for Python."""

NAMES: Mapping[str, Mapping[str, str]] = {
    "torch.nn": {},
}
"""For each module the file that tells each of its names."""
PRELUDES = frozenset(NAMES) - {"torch.nn"}
"""Modules that are told by source alone."""


@cache
def _prelude(file: str) -> Prelude:
    text = files(__name__).joinpath(file + SUFFIX).read_text(encoding="utf-8")
    return Prelude(module=f"padstride.{file}", text=text, file=file + SUFFIX)


def prelude_of(module: str, name: str) -> Prelude | None:
    """The source that tells a name of a module; None where none does."""
    file = NAMES.get(module, {}).get(name)
    return None if file is None else _prelude(file)
