"""Records what Keras makes of source: the arguments of its layers and functions, and what small programs give."""
