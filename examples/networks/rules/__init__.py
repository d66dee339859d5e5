"""Networks whose blocks repeat, as rules: one function for each network."""
