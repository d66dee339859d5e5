"""Algorithms on arrays: convolution, transposed convolution, pools and padding. They know no layers and no frameworks.

`dispatch` is the way in for convolutions, `pools` for pools; `algorithms` holds the table that `dispatch` chooses from.
"""
