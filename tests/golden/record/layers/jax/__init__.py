"""Random layers as JAX spells them."""
