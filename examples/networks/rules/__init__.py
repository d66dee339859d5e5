"""Networks that repeat themselves, as the rule that each of them repeats: one function a network."""
