"""Models as people have them, read into networks: one file or package a format, and nothing posted is ever run."""
