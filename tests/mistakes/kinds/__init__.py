"""Kinds of mistakes, each a function that puts one into a sound network; importing this package fills the registry."""

from tests.mistakes.kinds import inputs, parameters, structure
from tests.mistakes.kinds.base import KINDS, Kind, Mistake

__all__ = ["KINDS", "Kind", "Mistake", "inputs", "parameters", "structure"]
