"""Records what frameworks do with layers that change the structure of tensors; see `python -m ...structure --help`."""
