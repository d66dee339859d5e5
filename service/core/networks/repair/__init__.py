"""Root causes: the smallest changes that make a broken network valid.

An error is seen where shapes meet, and caused where one of them was made. So each error's own fixes are tried, and
changes to what stands upstream of it: a number of channels, a stride, an axis, a layer too many, the input. A change is
applied to the network, and only the layers that it reaches are judged again. What leaves no error is a repair.

- `peers`: layers that stand in the same place of different blocks.
- `edits`: a change to a network, and its JSON Patch.
- `rewalk`: what a change makes of the shapes and of the errors.
- `candidates`: the changes that are worth trying, a subject a file.
- `ranking`: which of several repairs is the likeliest.
- `search`: single changes first, then several.
- `causes`: which error stands at the cause, and which are its consequences.
"""
