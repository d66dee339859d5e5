"""Window reductions of JAX: pools with an input dilation, and `lax.reduce_window` and Flax's pools by their names."""
