"""What each framework's layers accept, default to and refuse: one file a framework, each with its row FRAMEWORK.

Code elsewhere reads these rows and never asks for a framework's name. A new framework is a new file here, which is
found by itself, and a recorder in `tests/golden/record`. `framework`, `window_rules` and `pad_rules` say what a row
holds.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from service.core.frameworks.framework import Framework

_modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
_rows: list[Framework] = [module.FRAMEWORK for module in _modules if hasattr(module, "FRAMEWORK")]

FRAMEWORKS: Mapping[str, Framework] = {row.name: row for row in sorted(_rows, key=lambda row: row.place)}
DEFAULT_FRAMEWORK = next(iter(FRAMEWORKS.values()))

__all__ = ["DEFAULT_FRAMEWORK", "FRAMEWORKS", "Framework"]
