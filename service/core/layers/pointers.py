"""Places in a request, and the members of a layer object that say where the layer stands."""

OF_THE_GRAPH = frozenset({"name", "inputs", "weights_of"})
"""Members of a layer object that say where it stands in a network; elsewhere they are accepted and ignored."""

LONGEST_NAME = 1000
"""Letters of a layer's or an input's name, at most: messages about others repeat it."""

Pointer = tuple[str | int, ...]
"""A JSON Pointer into the request, taken apart."""
