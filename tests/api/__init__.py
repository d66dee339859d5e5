"""The HTTP contract, behaviour by behaviour."""
