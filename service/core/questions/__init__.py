"""Questions about one layer: what size comes out, which padding or parameters give a size, and how frameworks differ.

`sizes`, `padding`, `solve` and `compare` answer one question each, `equivalents` says how each framework writes a
layer, `batch` computes many plain sizes at once.
"""
