"""Scripts as people have them, with training loops, options and imports of all kinds, read with PyTorch's library."""

from pathlib import Path
from typing import Any

import pytest

from service.core.frameworks import FRAMEWORKS
from service.models.posted import PostedModel
from service.models.pytorch import FORMAT
from service.models.reading import ModelReading, UnreadableModelError
from service.operations.shared.read_models import layer_judge

SCRIPTS = Path(__file__).parent / "scripts"


def read(source: str, **members: Any) -> ModelReading:
    return FORMAT.read(PostedModel(files={"": source}, **members), layer_judge(FRAMEWORKS["pytorch"]))


def script(name: str) -> str:
    return (SCRIPTS / f"{name}.py.txt").read_text()


@pytest.mark.parametrize("entry", [None, "UNet", "model"])
def test_a_training_script_is_read_whole(entry: str | None) -> None:
    reading = read(script("unet"), entry=entry, input_shapes={"input": (1, 3, 64, 64)})
    assert (reading.not_understood, reading.mistakes) == ((), ())
    names = [layer["name"] for layer in reading.network["layers"]]
    assert [name for name in names if name.startswith("downs.0")] == ["downs.0.0", "downs.0.1", "downs.0.2"]
    assert names.index("bottleneck.0") < names.index("ups.0") < names.index("final")


def test_a_branch_on_sizes_is_taken_where_they_differ() -> None:
    def kinds(size: int) -> set[str]:
        reading = read(script("unet"), entry="UNet", input_shapes={"input": (1, 3, size, 64)})
        return {layer["name"].split("#")[0] for layer in reading.network["layers"]}

    assert kinds(65) - kinds(64) == {"interpolate"}


def test_the_shape_is_that_of_the_trial_at_the_end() -> None:
    reading = read(script("gan"), entry="Generator")
    assert reading.network["input_shape"] == [4, 100]
    assert (reading.not_understood, reading.mistakes) == ((), ())


def test_two_models_in_a_file_are_told_apart_by_name() -> None:
    with pytest.raises(UnreadableModelError, match="2 models") as raised:
        read(script("gan"), input_shapes={"input": (4, 100)})
    assert "`Generator`, `Discriminator`" in raised.value.help


def test_branches_that_do_not_fit_are_written_down_for_the_judge() -> None:
    source = (
        "import torch\nfrom torch import nn\nclass N(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    )
    source += "        self.c = nn.Conv2d(3, 4, 3)\n        self.e = nn.Parameter(torch.zeros(1, 5, 4))\n"
    source += "    def forward(self, x):\n        return self.c(x) + self.e\n"
    reading = read(source, input_shapes={"input": (1, 3, 32, 32)})
    assert reading.not_understood == ()
    assert reading.network["layers"][-1]["name"] in reading.network["outputs"]
