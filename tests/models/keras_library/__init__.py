"""Keras source, read without being run."""
