"""Random layers as Keras spells them."""
