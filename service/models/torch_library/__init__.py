"""PyTorch as an interpreter of posted source sees it: modules, tensors and functions that write layers down."""

from service.models.torch_library.library import LIBRARY

__all__ = ["LIBRARY"]
