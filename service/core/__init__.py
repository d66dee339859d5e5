"""What Padstride knows: pure functions over integers, tuples and NumPy arrays.

Nothing here imports the web framework or the validation library, so every answer can be had, and tested,
without a server. Read `arithmetic` first, then `frameworks`, `layers` and `network`.
"""
