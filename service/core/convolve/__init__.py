"""The convolution engine in NumPy. `engine` is the way in; each algorithm has a file of its own."""
