"""The axis of an explicit pad or crop."""

from dataclasses import dataclass

from service.core.geometry.axes.axis import Rounding, Window
from service.core.geometry.axis_field import AxisField
from service.core.geometry.padding_pairs import Pair
from service.core.geometry.positions import Positions, copied_by_padding
from service.core.geometry.shapes import Size


@dataclass(frozen=True, slots=True, kw_only=True)
class PaddedAxis:
    """`o = i + b + a`; negative amounts crop."""

    size: Size
    before: int
    after: int
    mode: str = "constant"
    to_size: bool = False
    """Whether the amounts follow from the size, so that another input is padded by others."""

    @property
    def padding(self) -> Pair:
        """(before, after)."""
        return self.before, self.after

    @property
    def output(self) -> Size:
        """The output size; below 1 where everything is cropped."""
        return None if self.size is None else self.size + self.before + self.after

    @property
    def rounding(self) -> Rounding | None:
        """`o = (i + b + a) / 1`: nothing is rounded; None where the size that comes out is fixed."""
        return None if self.to_size else (self.before + self.after, 1)

    @property
    def field(self) -> AxisField:
        """Each output sees one input, shifted by what is added before."""
        return AxisField((-self.before,), (-self.before,), 1)

    def reads(self, outputs: Positions) -> Positions:
        """The input position at each output, or the one that the padding copies there."""
        return copied_by_padding(outputs - self.before, self.size or 0, self.mode)

    def window(self, output: int) -> Window:
        """The one position that becomes this output."""
        return [output - self.before]

    @property
    def formula(self) -> str | None:
        """The size formula with the numbers of this axis in it; None while the size is unknown."""
        return None if self.size is None else f"{self.size} + {self.before} + {self.after} = {self.output}"
