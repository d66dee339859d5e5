"""The table of algorithms. A new one is a file with an `ALGORITHM` and a row here."""

from collections.abc import Mapping, Sequence

from service.core.convolve.kernels.algorithms import (
    col2im,
    direct,
    fft,
    im2col,
    phases,
    shifted,
    winograd_4x4,
    winograd_rows,
)
from service.core.convolve.kernels.algorithms.algorithm import Algorithm

ALGORITHMS: Mapping[str, Algorithm] = {
    "direct": direct.ALGORITHM,
    "im2col": im2col.ALGORITHM,
    "shifted": shifted.ALGORITHM,
    "winograd_rows": winograd_rows.ALGORITHM,
    "winograd_4x4": winograd_4x4.ALGORITHM,
    "fft": fft.ALGORITHM,
    "phases": phases.ALGORITHM,
    "col2im": col2im.ALGORITHM,
}
"""By the names that answers give them."""

ALGORITHM_NAMES: Sequence[str] = [name for name, algorithm in ALGORITHMS.items() if algorithm.run is not None]
"""The algorithms that a request may ask for: those that compute by themselves."""


class InapplicableError(Exception):
    """The algorithm asked for cannot compute this layer. Holds its name and the condition under which it applies."""

    def __init__(self, name: str, *, seconds: float = 0) -> None:
        self.name = name
        self.condition = ALGORITHMS[name].condition
        if seconds:
            self.condition = f"layers that it computes faster: here it would take about {seconds:.0f} s"
        super().__init__(f"{name} is for {self.condition}")
