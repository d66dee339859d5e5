"""Kinds of layers: one frozen dataclass each, which says its parameters, what comes out and what that costs.

`base` says what a kind is and puts a layer in its place, `parameters` holds every parameter with its spellings,
`registry` all types by name. Every other module holds kinds that belong together. Importing this package fills the
registry.
"""

from importlib import import_module
from pkgutil import iter_modules

from service.core.layers.base import Kind, Layer
from service.core.layers.registry import LAYERS

LISTING_ORDER = (
    *(
        "dense",
        "merging",
        "norms",
        "last_axes_norms",
        "pointwise",
        "convolution",
        "transposed_convolution",
        "pools",
        "resampling",
    ),
    *("reshaping", "pad_and_crop", "separable"),
)
"""Modules in the order in which their types are listed; any other comes after them."""

for _name in (*LISTING_ORDER, *(module.name for module in iter_modules(__path__))):
    import_module(f"{__name__}.{_name}")

__all__ = ["LAYERS", "Kind", "Layer"]
