"""Networks of torchvision that are called by name, against what was measured while torchvision's own ran."""

import json
import os
import re
from collections import defaultdict
from typing import Any

import pytest

from service.models import pytorch
from service.models.posted import PostedModel
from service.models.torch_library.preludes import NAMES
from service.operations.validate_network import OPERATION
from tests.golden.test_models import recorded
from tests.models.torch_library.standing_in import judge

SOURCE = "import torchvision\n\n\ndef backbone():\n    return torchvision.{name}(weights=None)\n"
SECOND_CALL = re.compile(r"#\d+$")
MODULES = ("torch.nn.", "torchvision.ops.")
MEASURED = {model["model"]: model for model in recorded("torchvision") if "model" in model}
MODULES_OF_MODELS = ("models", "models.segmentation")
BACKBONES = {
    name: f"{module}.{name}"
    for module in MODULES_OF_MODELS
    for name in NAMES[f"torchvision.{module}"]
    if name in MEASURED
}
STEP = 1 if os.environ.get("EVERY_MODEL") else 4
"""Of so many backbones one is compared, since all take half a minute."""


def answer_of(name: str) -> dict[str, Any]:
    """What the service says of a backbone that is called by its name."""
    shape = {"input": tuple(MEASURED[name]["body"]["input_shape"])}
    posted = PostedModel(files={"": SOURCE.format(name=BACKBONES[name])}, entry="backbone", input_shapes=shape)
    reading = pytorch.FORMAT.read(posted, judge)
    assert not reading.not_understood
    return json.loads(json.dumps(OPERATION.respond(dict(reading.network))))


def test_there_are_backbones() -> None:
    assert len(BACKBONES) > 35


@pytest.mark.parametrize("name", list(BACKBONES)[::STEP])
def test_every_module_of_a_backbone_gives_the_shapes_that_were_measured(name: str) -> None:
    model, answer = MEASURED[name], answer_of(name)
    theirs, ours = defaultdict(list), defaultdict(list)
    for layer, figures in zip(model["body"]["layers"], model["figures"], strict=True):
        if layer["type"].startswith(MODULES):
            theirs[SECOND_CALL.sub("", layer["name"])].append(figures[0][0])
    for layer in answer["layers"]:
        ours[SECOND_CALL.sub("", layer["name"])].append(layer["output_shape"])
    assert {path: ours[path] for path in theirs} == theirs
    parameters = model["totals"]["parameters"] - model["unused"]["parameters"] + model["repeated"]["parameters"]
    assert answer["totals"]["parameters"] == parameters
