"""Records the names of the arguments of PyTorch's modules, functions and methods."""
