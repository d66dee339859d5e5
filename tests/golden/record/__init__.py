"""Records what a framework really does: `python -m tests.golden.record --framework pytorch`."""
