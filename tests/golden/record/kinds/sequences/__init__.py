"""Recurrent layers, attention, wrappers, composites, and layers whose weights are inputs.

`draw` draws and spoils, each other module draws and runs the layers that one framework has, `__main__` records.
"""
