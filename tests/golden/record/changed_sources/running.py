"""Runs a model file of torchvision in another wording than the one that is installed."""

import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
import torchvision
from torchvision.models import _api

ROOT = Path(torchvision.__file__).parent / "models"
BUILDERS = (
    ("alexnet", "alexnet"), ("vgg", "vgg11"), ("vgg", "vgg16_bn"), ("resnet", "resnet18"), ("resnet", "resnet50"),
    ("resnet", "resnext50_32x4d"), ("densenet", "densenet121"), ("squeezenet", "squeezenet1_0"),
    ("squeezenet", "squeezenet1_1"), ("googlenet", "googlenet"), ("inception", "inception_v3"),
    ("mobilenetv2", "mobilenet_v2"), ("mobilenetv3", "mobilenet_v3_small"), ("mnasnet", "mnasnet1_0"),
    ("shufflenetv2", "shufflenet_v2_x1_0"), ("efficientnet", "efficientnet_b0"),
    ("efficientnet", "efficientnet_v2_s"), ("convnext", "convnext_tiny"), ("vision_transformer", "vit_b_16"),
    ("swin_transformer", "swin_t"), ("maxvit", "maxvit_t"),
)  # fmt: skip
"""Files, and a builder of each."""
OLD = ("googlenet", "inception")
"""Files whose builders fill their weights unless they are told not to, which takes long."""


def input_size(stem: str) -> int:
    """The height and width of the images that a file's models take."""
    return 299 if stem == "inception" else 224


def source(stem: str) -> str:
    """The text of a file as it is installed."""
    return (ROOT / f"{stem}.py").read_text(encoding="utf-8")


def error(text: str, stem: str, builder: str) -> tuple[str, list[int]] | None:
    """What building and calling a model raises, and the lines of the file it passes through; None where nothing.

    Tensors have shapes and no numbers.
    """
    options: dict[str, Any] = {"init_weights": False} if stem in OLD else {}
    try:
        module = _module(text, stem)
        with torch.device("meta"):
            model = getattr(module, builder)(weights=None, **options).eval()
            model(torch.empty(1, 3, input_size(stem), input_size(stem)))
    except Exception as raised:  # whatever it is, it is the answer
        lines = [
            frame.lineno or 0
            for frame in traceback.extract_tb(raised.__traceback__)
            if frame.filename.endswith(f"{stem}.py")
        ]
        return f"{type(raised).__name__}: {raised}"[:200], lines
    return None


def _module(text: str, stem: str) -> ModuleType:
    """The module that a text makes."""
    _api.BUILTIN_MODELS.clear()
    name = f"torchvision.models.{stem}"
    module = ModuleType(name)
    module.__package__, module.__file__ = "torchvision.models", str(ROOT / f"{stem}.py")
    before = sys.modules[name] = sys.modules.get(name) or module
    sys.modules[name] = module
    try:
        exec(compile(text, module.__file__, "exec"), module.__dict__)  # noqa: S102  # the package's own text
    finally:
        sys.modules[name] = before
    return module
