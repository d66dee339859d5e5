"""Checks convolutional networks before they run: what size comes out, which padding gives a size, what is wrong."""

from padstride.client import AsyncClient, Client
from padstride.errors import PadstrideError, Unreachable
from padstride.models import Model
from padstride.moved_weights import moved_weights
from padstride.refusals import Busy, Refused

__all__ = ["AsyncClient", "Busy", "Client", "Model", "PadstrideError", "Refused", "Unreachable", "moved_weights"]
__version__ = "0.2.0"
