"""Models of torchvision: all for classification, segmentation and video."""

from typing import Any

import torch
import torchvision
from torchvision import models

from tests.golden.record.models import pytorch_trace

BATCH = 2
SIZES = {"inception_v3": [299, 299], **dict.fromkeys(("mc3_18", "r2plus1d_18", "r3d_18"), [16, 112, 112])}
CLIP = [16, 224, 224]


def names() -> list[str]:
    """The models that are recorded."""
    return [name for module in (models, models.segmentation, models.video) for name in models.list_models(module=module)]


def versions() -> dict[str, str]:
    """What was run."""
    torch_version, own = (text.split("+")[0] for text in (torch.__version__, torchvision.__version__))
    return {"framework": "pytorch", "torch": torch_version, "torchvision": own}


def record(name: str) -> dict[str, Any]:
    """A model as a network, with what was measured while it ran; the values of its weights are of no account."""
    is_backbone = name in models.list_models(module=models.segmentation)
    model = models.get_model(name, weights=None, **({"weights_backbone": None} if is_backbone else {}))
    sizes = SIZES.get(name, CLIP if name in models.list_models(module=models.video) else [224, 224])
    return pytorch_trace.record(model, {"input": torch.zeros(BATCH, 3, *sizes)})
