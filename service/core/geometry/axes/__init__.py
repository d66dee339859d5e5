"""One spatial axis of a layer with every parameter resolved, a class for each way that an axis can change.

An axis knows its output size, the formula for it, and which inputs an output reads. An input size that is not known is
None, and so is what follows from it. `output` may fall below 1: an axis computes, the diagnostics judge.
"""

from service.core.geometry.axes.adaptive import AdaptiveAxis
from service.core.geometry.axes.axis import Axis, Rounding
from service.core.geometry.axes.padded import PaddedAxis
from service.core.geometry.axes.scaled import ScaledAxis
from service.core.geometry.axes.transposed import TransposedAxis
from service.core.geometry.axes.window import WindowAxis

__all__ = ["AdaptiveAxis", "Axis", "PaddedAxis", "Rounding", "ScaledAxis", "TransposedAxis", "WindowAxis"]
