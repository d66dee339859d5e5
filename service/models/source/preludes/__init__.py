"""Library source that the interpreter runs as if it were posted. The texts lie beside this file."""

from importlib.resources import files

from service.models.source.host import Prelude


def _prelude(module: str, file: str) -> Prelude:
    return Prelude(module=module, text=(files(__name__) / file).read_text(encoding="utf-8"), file=file)


MODULES = _prelude("torch.nn.modules", "modules.py.txt")
"""`Module`, `Sequential`, `ModuleList`, `ModuleDict`, `ParameterList`, `ParameterDict`."""
