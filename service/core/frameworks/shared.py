"""Rules that several frameworks' rows begin with."""

from service.core.frameworks.window_rules import WindowRules

ADAPTIVE_POOL = WindowRules(name="adaptive pooling")
GLOBAL_POOL = WindowRules(name="global pooling")
NO_POOL_EXTRAS = frozenset({"ceil_mode", "divisor_override"})
"""Parameters of PyTorch's pools that others lack."""
