"""What the file of a framework gives: its `RECORDER`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.golden.record.layers.drafts import Layer, Shape
from tests.golden.record.layers.sampler import LayerSampler

Case = dict[str, Any]
Array = dict[str, Any]
"""A recorded array: `shape`, and `data`, flat and row-major."""


def as_recorded(case: Case) -> Case:
    """The case as it is."""
    return case


@dataclass(frozen=True, kw_only=True)
class Recorder:
    """How the layers of a framework are drawn and run."""

    version: str
    cases: int
    """Shape cases to record; a sixth as many value cases are recorded."""
    sampler: LayerSampler
    output_shape: Callable[[Layer, Shape], Shape]
    """(layer, input shape) → the shape that comes out; raises what the framework raises."""
    weight_shapes: Callable[[Layer, Shape], dict[str, Shape]]
    """(layer, input shape) → the shape of each weight that the layer has."""
    output_values: Callable[[Layer, dict[str, Array | None]], Array | None]
    """(layer, input and weights by name) → the output; None if its values are not certain."""
    finish: Callable[[Case], Case | None] = as_recorded
    """The case as it is kept; None if it is left out."""
