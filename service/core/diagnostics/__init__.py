"""What may be said of a request: one generator function a diagnostic, whose docstring is its page.

`model` says what a diagnostic is, `registry` holds them all, `inspection` runs those of a layer. Every other module
holds rules of one subject. Importing this package fills the registry.
"""

from service.core.diagnostics import arrays, channels, frameworks, graph, padding, reading, rearranging, windows
from service.core.diagnostics.inspection import inspect, placed
from service.core.diagnostics.model import Diagnostic, Fact, Fix, Related, Rule, pointer_text
from service.core.diagnostics.registry import DIAGNOSTICS

__all__ = [
    "DIAGNOSTICS",
    "Diagnostic",
    "Fact",
    "Fix",
    "Related",
    "Rule",
    "arrays",
    "channels",
    "frameworks",
    "graph",
    "inspect",
    "padding",
    "placed",
    "pointer_text",
    "reading",
    "rearranging",
    "windows",
]
