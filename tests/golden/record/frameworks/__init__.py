"""How each framework runs a layer: one file for each framework, which is found by itself.

A file has `PACKAGES` and `RECORDER`. `PACKAGES` names what pip installs before the file can be imported, all in one
line, since the Makefile reads that line. `RECORDER` says what `tests.golden.record.recorder` asks for. A new framework
is one new file. The same file may draw its layers; where that gets long, it has a folder in
`tests.golden.record.layers`.
"""

from importlib import import_module
from pkgutil import iter_modules

from tests.golden.record.recorder import Recorder

NAMES = tuple(module.name for module in iter_modules(__path__))


def recorder_of(name: str) -> Recorder:
    """The recorder of a framework, which must be installed."""
    recorder: Recorder = import_module(f"{__name__}.{name}").RECORDER
    return recorder
