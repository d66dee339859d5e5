"""What several operations share: what an operation is, how it is found, and parts of the answers."""
