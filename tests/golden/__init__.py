"""Recorded answers of the real frameworks, the reader of them, and the recorder that made them."""
