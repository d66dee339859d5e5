"""Algorithms on arrays: convolutions, pools and padding. They know no layers and no frameworks.

`dispatch` is the way in for convolutions, plain and transposed, and `pools.pooling` for pools. A `task` is a
convolution as the `algorithms` see it. Each of these computes its cost with `cost_model`, and `choosing` takes the
cheapest.
"""
