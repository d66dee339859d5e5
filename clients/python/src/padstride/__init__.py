"""Checks convolutional networks before they run: what size comes out, which padding gives a size, what is wrong."""

from padstride.client import AsyncClient, Client
from padstride.errors import PadstrideError, Unreachable
from padstride.models import Model
from padstride.refusals import Busy, Refused

__all__ = ["AsyncClient", "Busy", "Client", "Model", "PadstrideError", "Refused", "Unreachable"]
__version__ = "0.2.0"
