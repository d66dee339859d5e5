"""Networks written as source code of another framework: one file a target, what they share beside them.

`translation` turns each layer into steps that the target has, and keeps the order of the axes of every tensor. A
target only spells the steps. Nothing here is sure to be right: who asks reads the source back and judges it.
"""
