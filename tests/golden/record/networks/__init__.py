"""Whole networks: drawn at random, spoilt by one mistake, and run in PyTorch."""
