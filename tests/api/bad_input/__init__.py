"""Bad input: each mistake has its own problem, at its place. Nothing that is posted gives a 500."""
