"""LAYERS: one frozen dataclass a kind of layer. Importing this package fills the registry."""

from service.core.layers import dense, merging, norms, pointwise, pools, resampling, reshaping, separable, windows
from service.core.layers.base import LAYERS, Kind, Layer

__all__ = [
    "LAYERS",
    "Kind",
    "Layer",
    "dense",
    "merging",
    "norms",
    "pointwise",
    "pools",
    "resampling",
    "reshaping",
    "separable",
    "windows",
]
