"""Layers of signals: Fourier transforms, their windows and filters, and what is made of encoded data."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from service.core.geometry.shapes import Size
from service.core.layers.base import InputCounts, Site
from service.core.layers.parameters import Dimension, Positive
from service.core.layers.registry import layer_kind
from service.core.layers.structural import Shapes, Structural, axis_of, out_of_range, size_mismatch, wrong_rank


def bins(length: Size, one_sided: bool) -> Size:
    """The frequencies of a transform of `length` values: `length // 2 + 1` of them where those below 0 are left out."""
    return length // 2 + 1 if one_sided and length is not None else length


@layer_kind("dft")
@dataclass(frozen=True, kw_only=True)
class FourierTransform(Structural):
    """The discrete Fourier transform along the axis `dim` of numbers that the last axis has: real parts, or both parts.

    With `one_sided` frequencies below 0 are left out; back from there real numbers come out.
    """

    dim: Dimension = -2
    dft_length: Positive | None = None
    inverse: bool = False
    one_sided: bool = False

    def shapes(self, site: Site) -> Shapes:
        """As many frequencies as values, or as `dft_length` says, of two parts."""
        shape = site.shape
        if shape is None:
            return (None,)
        if len(shape) < 2:
            raise wrong_rank(site, "2 or more")
        axis = axis_of(site, "dim", self.dim, len(shape))
        if axis == len(shape) - 1:
            raise out_of_range(site, "dim", self.dim, "which holds the parts of each number", "another axis")
        if shape[-1] not in (None, 1, 2):
            message = f"the last axis holds the parts of each number, real and imaginary, but its size is {shape[-1]}"
            raise size_mismatch(message, "inputs", "give numbers of one part or two")
        size = shape[axis]
        wanted = 2 if self.inverse else 1
        if self.one_sided and shape[-1] not in (None, wanted):
            bound = f"but numbers of {shape[-1]} {'part' if shape[-1] == 1 else 'parts'} arrive, not of {wanted}"
            raise out_of_range(site, "one_sided", self.one_sided, bound, "false, or change what arrives")
        if self.inverse and self.one_sided:
            back = self.dft_length or (None if size is None else 2 * (size - 1))
            return ((*shape[:axis], back, *shape[axis + 1 : -1], 1),)
        return ((*shape[:axis], bins(self.dft_length or size, self.one_sided), *shape[axis + 1 : -1], 2),)


@layer_kind("stft")
@dataclass(frozen=True, kw_only=True)
class ShortTimeFourierTransform(Structural):
    """Fourier transforms of frames, one every `frame_step` values: `[N, L, 1]` gives `[N, frames, frequencies, 2]`.

    A window may be the second input; it says how long a frame is where `frame_length` does not.
    """

    takes_inputs: ClassVar[InputCounts] = (1, 2)

    frame_step: Positive
    frame_length: Positive | None = None
    one_sided: bool = True

    def shapes(self, site: Site) -> Shapes:
        """`(L - frame_length) // frame_step + 1` frames."""
        shape = site.shape
        if shape is None:
            return (None,)
        if len(shape) not in (2, 3):
            raise wrong_rank(site, "2 or 3")
        window = site.inputs[1] if len(site.inputs) > 1 else None
        if window is not None and len(window) != 1:
            raise wrong_rank(site, "1", 1)
        length = self.frame_length or (window[0] if window else None)
        if length is None or shape[1] is None:
            return ((shape[0], None, bins(length, self.one_sided), 2),)
        if length > shape[1]:
            bound = f"more than the {shape[1]} values of the signal"
            raise out_of_range(site, "frame_length", length, bound, "a shorter frame")
        return ((shape[0], (shape[1] - length) // self.frame_step + 1, bins(length, self.one_sided), 2),)


@layer_kind("signal_window")
@dataclass(frozen=True, kw_only=True)
class SignalWindow(Structural):
    """The factors of a window of `length` values: Hann's, Hamming's or Blackman's."""

    takes_inputs: ClassVar[InputCounts] = (0, 0)

    length: Positive

    def shapes(self, site: Site) -> Shapes:
        """One axis."""
        return ((self.length,),)


@layer_kind("mel_weights")
@dataclass(frozen=True, kw_only=True)
class MelWeights(Structural):
    """The factors that make `num_mel_bins` bands of frequencies: `[dft_length // 2 + 1, num_mel_bins]`."""

    takes_inputs: ClassVar[InputCounts] = (0, 0)

    num_mel_bins: Positive
    dft_length: Positive

    def shapes(self, site: Site) -> Shapes:
        """Frequencies, and bands."""
        return ((self.dft_length // 2 + 1, self.num_mel_bins),)


@layer_kind("count_ngrams")
@dataclass(frozen=True, kw_only=True)
class CountNgrams(Structural):
    """How often each of `vocabulary_size` sequences of symbols occurs: `[C]` or `[N, C]` gives a number for each."""

    vocabulary_size: Positive

    def shapes(self, site: Site) -> Shapes:
        """The last axis becomes the vocabulary."""
        if site.shape is None:
            return (None,)
        if len(site.shape) not in (1, 2):
            raise wrong_rank(site, "1 or 2")
        return ((*site.shape[:-1], self.vocabulary_size),)


@layer_kind("decode_image")
@dataclass(frozen=True, kw_only=True)
class DecodeImage(Structural):
    """The image in a file's bytes: height and width are unknown, the channels those of the `pixel_format`."""

    pixel_format: Literal["RGB", "BGR", "Grayscale"] = "RGB"

    def shapes(self, site: Site) -> Shapes:
        """Height, width and channels."""
        if site.shape is not None and len(site.shape) != 1:
            raise wrong_rank(site, "1")
        return ((None, None, 1 if self.pixel_format == "Grayscale" else 3),)
