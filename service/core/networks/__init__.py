"""Networks: layers that take in each other's outputs.

`network` says what a network is, `graph` connects its layers, `judging` judges it in one walk, with `outcome` for each
layer and `costs` for the sums. `trials` tries many inputs at once, for `input_sizes` (with `accepted_sizes` and
`coupling`), `advice` and `warnings`. `dependencies` walks back from an output to the pixels that it depends on.
"""
