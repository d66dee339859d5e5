"""Records what a framework makes of functions under its own names."""
