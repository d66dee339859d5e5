"""ONNX graphs written down as networks: what a file says of its tensors, without the weights themselves."""
