"""ONNX's quantised, scattering, signal and loss operators: random nodes, and what onnxruntime makes of them."""
