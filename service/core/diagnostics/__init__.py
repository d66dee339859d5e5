"""DIAGNOSTICS: one generator function a code. Importing this package fills the registry."""

from service.core.diagnostics import arrays, channels, frameworks, graph, padding, reading, rearranging, windows
from service.core.diagnostics.model import DIAGNOSTICS, Diagnostic, Fact, Fix, Related, inspect, placed, pointer_text

__all__ = [
    "DIAGNOSTICS",
    "Diagnostic",
    "Fact",
    "Fix",
    "Related",
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
