"""Every parameter that a layer may have, one module of rows a subject."""

from itertools import chain

from service.core.layers.parameter_rows import operators, sequences, structure, windows
from service.core.layers.parameter_rows.row import Parameter

ROWS: tuple[Parameter, ...] = tuple(chain(windows.ROWS, sequences.ROWS, operators.ROWS, structure.ROWS))
"""In the order in which they are listed."""

__all__ = ["ROWS", "Parameter"]
