"""The convolution engine in NumPy: layers applied to arrays. `engine` is the way in; `kernels` computes on arrays."""
