"""Records what happens when source of PyTorch runs: what every module gives, and how many weights there are."""
