"""Model files of torchvision with one number changed: what PyTorch says of them, and of their repairs."""
