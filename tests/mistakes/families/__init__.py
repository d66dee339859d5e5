"""Sound networks of many families, each a function that writes one; importing this package fills the registry."""

from tests.mistakes.families import branching, chains, generators, residual, sequences, skips, volumes
from tests.mistakes.families.registry import FAMILIES

__all__ = ["FAMILIES", "branching", "chains", "generators", "residual", "sequences", "skips", "volumes"]
