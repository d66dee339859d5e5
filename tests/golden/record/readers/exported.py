"""Small PyTorch models of our own, exported: as they are, and decomposed into fewer operators."""

import base64
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn
from torch.export import Dim
from torch.nn import functional

from tests.golden.record.readers.exported_runs import figures, saved, without_weights

PACKAGES = "torch==2.14.1 numpy"
Example = tuple[nn.Module, tuple[torch.Tensor, ...], Any]


def names() -> list[str]:
    """The models that are recorded."""
    return list(MODELS)


def versions() -> dict[str, str]:
    """What was run."""
    return {"framework": "pytorch", "torch": torch.__version__.split("+")[0]}


def record(name: str) -> Iterator[dict[str, Any]]:
    """A model exported in each form."""
    torch.manual_seed(0)
    model, inputs, dynamic = MODELS[name]()
    program = torch.export.export(model.eval(), inputs, dynamic_shapes=dynamic)
    given = [spec.arg.name for spec in program.graph_signature.input_specs if spec.kind.name == "USER_INPUT"]
    shapes = [list(value.shape) for value in inputs]
    for form, written in {"whole": program, "decomposed": program.run_decompositions()}.items():
        yield {
            "form": form,
            "data": base64.b64encode(without_weights(saved(written))).decode(),
            "inputs": dict(zip(given, shapes, strict=True)) if len(shapes) > 1 else {"input": shapes[0]},
            **figures(written, inputs),
        }


class Convolutions(nn.Module):
    """Convolutions of every kind, norms, pools, pads."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU(inplace=True))
        self.depthwise = nn.Conv2d(8, 8, (3, 5), padding="same", groups=8)
        self.norm = nn.GroupNorm(2, 8)
        self.up = nn.ConvTranspose2d(8, 4, 3, stride=2, padding=1, output_padding=1)
        self.slope = nn.PReLU(4)
        self.each = nn.InstanceNorm2d(4, affine=True)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Two outputs."""
        x = functional.hardswish(self.norm(self.depthwise(self.stem(x))))
        wide = self.each(self.slope(self.up(functional.pad(x, (1, 0, 0, 1), mode="reflect"))))
        pooled, places = functional.max_pool2d(wide, 2, return_indices=True)
        return functional.adaptive_avg_pool2d(pooled, (3, 1)), places


class Dynamic(nn.Module):
    """A U-Net's step, for images of any size: one branch is made as large as the other."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Conv2d(3, 6, 3, stride=2, padding=1)
        self.side = nn.Conv2d(3, 6, 1)
        self.head = nn.Linear(12, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Resized to the size of the other branch, joined, and flat."""
        side = self.side(x)
        up = functional.interpolate(self.down(x), size=side.shape[2:], mode="bilinear", align_corners=False)
        joined = torch.cat([up, side], dim=1)
        return self.head(joined.flatten(2).transpose(1, 2)).view(x.shape[0], -1, 5)


class Tied(nn.Module):
    """Weights that several nodes take, and tables."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(30, 8)
        self.places = nn.Parameter(torch.zeros(1, 6, 8))
        self.twice = nn.Linear(8, 8)
        self.norm = nn.LayerNorm(8)
        self.register_buffer("mask", torch.tril(torch.ones(6, 6)))

    def forward(self, words: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        """The table is the last layer's weight too."""
        x = self.words(words) + self.places
        x = self.norm(self.twice(torch.tanh(self.twice(x))))
        scores = (x @ x.transpose(1, 2)).masked_fill(self.mask == 0, float("-inf")).softmax(-1)
        with torch.no_grad():
            scale = weights.unsqueeze(-1) * 2 - 1
        return functional.linear(scores @ x * scale, self.words.weight)


class Sequences(nn.Module):
    """Recurrent layers, attention, einsum."""

    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.LSTM(5, 6, num_layers=2, batch_first=True, bidirectional=True)
        self.attention = nn.MultiheadAttention(12, 3, batch_first=True)
        self.encoder = nn.TransformerEncoderLayer(12, 2, 16, batch_first=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """One vector for each sequence."""
        x, _ = self.rnn(x)
        attended, _ = self.attention(x, x, x)
        return torch.einsum("bld,bmd->blm", self.encoder(x + attended), x).amax(dim=2)


class Parts(nn.Module):
    """Tensors cut and put together."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Slices, splits, indices, rolls, windows."""
        first, second = x.chunk(2, dim=1)
        third = torch.stack([first[:, :, ::2], second[:, :, 1::2]], dim=-1).flatten(-2)
        rows = third[:, :, torch.tensor([0, 2, 3])].roll(1, dims=2)
        windows = rows.unfold(3, 4, 2).permute(0, 1, 4, 2, 3).reshape(x.shape[0], -1, 3)
        padded = functional.pad(windows, (1, 1)).clone()
        padded[:, 0] = 1.0
        gathered = padded.gather(2, padded.argsort(dim=2))
        return torch.where(gathered > 0, gathered, gathered.new_zeros(())).std(dim=1).expand(3, -1, -1)


class Volumes(nn.Module):
    """Three axes and one."""

    def __init__(self) -> None:
        super().__init__()
        self.deep = nn.Sequential(nn.Conv3d(2, 4, (3, 1, 2), dilation=(1, 1, 2)), nn.BatchNorm3d(4), nn.GELU())
        self.flat = nn.Sequential(
            nn.Conv1d(4, 6, 3), nn.BatchNorm1d(6), nn.MaxPool1d(2), nn.AvgPool1d(2, ceil_mode=True)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Volumes, then lines."""
        lines = functional.avg_pool3d(self.deep(x), (1, 2, 1)).flatten(2)
        return functional.interpolate(self.flat(lines), scale_factor=2.0)


def image(*shape: int) -> torch.Tensor:
    """An image of zeros."""
    return torch.zeros(*shape)


SIZES = {2: Dim("height", min=8, max=512), 3: Dim("width", min=8, max=512)}
MODELS: dict[str, Callable[[], Example]] = {
    "convolutions": lambda: (Convolutions(), (image(2, 3, 20, 24),), None),
    "batch": lambda: (Convolutions(), (image(2, 3, 20, 24),), ({0: Dim("batch")},)),
    "dynamic": lambda: (Dynamic(), (image(2, 3, 18, 22),), ({0: Dim("batch"), **SIZES},)),
    "tied": lambda: (Tied(), (torch.zeros(2, 6, dtype=torch.int64), torch.ones(2, 6)), None),
    "sequences": lambda: (Sequences(), (image(2, 7, 5),), None),
    "parts": lambda: (Parts(), (image(2, 4, 8, 10),), None),
    "volumes": lambda: (Volumes(), (image(2, 2, 6, 5, 7),), None),
}
"""The models, by what is particular about them."""
