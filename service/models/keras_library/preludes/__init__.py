"""Source of our own that stands for the classes of Keras that hold others; the interpreter runs it as if posted."""

from importlib.resources import files

from service.models.source.host import Prelude

MODULE = "keras._classes"
NAMES = ("Layer", "Model", "Functional", "Sequential")


def _prelude(file: str) -> Prelude:
    return Prelude(module=MODULE, text=(files(__name__) / file).read_text(encoding="utf-8"), file=file)


MODELS = _prelude("models.py.txt")
"""`Layer`, `Model`, `Sequential`."""
