"""What Padstride knows: pure functions over integers, tuples and NumPy arrays.

Nothing here imports the web framework or the validation library, so every answer can be had, and tested, without a
server. The rooms, each of which uses only those before it:

- `geometry`: integers and axes. `frameworks`: what each framework accepts. `layers`: the kinds of layers.
- `diagnostics`: what may be wrong with a layer or a network, and how it is said.
- `questions` about one layer, `networks` of them, and `convolve`, which applies them to arrays.
"""
