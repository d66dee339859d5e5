"""One spatial axis of a layer with every parameter resolved: a class for each way in which a layer changes sizes.

An axis knows its output size, the formula for it, and which inputs an output reads. An unknown input size is None, and
so is everything that follows from it. `output` may be below 1: an axis computes, the diagnostics judge.
"""

from service.core.geometry.axes.adaptive import AdaptiveAxis
from service.core.geometry.axes.axis import Axis, Rounding, Window
from service.core.geometry.axes.padded import PaddedAxis
from service.core.geometry.axes.scaled import ScaledAxis
from service.core.geometry.axes.sliced import SlicedAxis, UnplacedAxis
from service.core.geometry.axes.transposed import TransposedAxis
from service.core.geometry.axes.window import WindowAxis

__all__ = [
    "AdaptiveAxis",
    "Axis",
    "PaddedAxis",
    "Rounding",
    "ScaledAxis",
    "SlicedAxis",
    "TransposedAxis",
    "UnplacedAxis",
    "Window",
    "WindowAxis",
]
