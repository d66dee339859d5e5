"""Random layers as ONNX spells them."""
