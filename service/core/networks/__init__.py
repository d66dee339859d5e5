"""Networks: layers that take in each other's outputs.

`graph` connects them, `network` judges them in one walk, `outcome` and `costs` say what a layer and the whole come to.
`trials` tries many inputs at once, for `input_sizes`, `advice` and `warnings`; `dependencies` walks back to the pixels.
"""
