"""What may be said of a request: one generator function a diagnostic, whose docstring is its page.

`model` says what a diagnostic is, `registry` holds them all, `inspection` runs those of a layer, `patches` writes the
changes that fixes propose. Every other module holds rules of one subject. Importing this package fills the registry.
"""

from importlib import import_module
from pkgutil import iter_modules

from service.core.diagnostics.inspect_layer import inspect, placed
from service.core.diagnostics.model import Diagnostic, Fact, Fix, Related, Rule, pointer_text
from service.core.diagnostics.registry import DIAGNOSTICS

CHECKING_ORDER = (
    *("ranks", "channels", "features", "branches", "support", "padding_forms", "explicit_padding", "padding_limits"),
    *("transposed", "norms", "resampling", "axis_indices", "window_sizes", "window_warnings"),
)
"""Modules in the order in which their checks run and report; any other comes after them."""

for _name in (*CHECKING_ORDER, *(module.name for module in iter_modules(__path__))):
    import_module(f"{__name__}.{_name}")

__all__ = ["DIAGNOSTICS", "Diagnostic", "Fact", "Fix", "Related", "Rule", "inspect", "placed", "pointer_text"]
