"""Random layers as PyTorch spells them."""
