"""Re-exports for a moment."""

from service.core.layers.convolution import Convolution, Convolving
from service.core.layers.spatial import SpatialLayer, window_axes
from service.core.layers.transposed_convolution import TransposedConvolution

__all__ = ["Convolution", "Convolving", "SpatialLayer", "TransposedConvolution", "window_axes"]
