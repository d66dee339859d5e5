"""Models of torchvision: all for classification, segmentation and video."""

from typing import Any

import torch
import torchvision
from torchvision import models

from tests.golden.record.models import pytorch_trace

BATCH = 2
PACKAGES = "torch==2.14.1 torchvision==0.29.1 numpy"
COLLECTIONS = (models, models.segmentation, models.video)
SIZE, CLIP, SMALL_CLIP = [224, 224], [16, 224, 224], [16, 112, 112]
SIZES = {"inception_v3": [299, 299], "mc3_18": SMALL_CLIP, "r2plus1d_18": SMALL_CLIP, "r3d_18": SMALL_CLIP}
"""Input sizes of models that were made for others than the rest."""


def names() -> list[str]:
    """The models that are recorded."""
    return [name for collection in COLLECTIONS for name in models.list_models(module=collection)]


def versions() -> dict[str, str]:
    """What was run."""
    torch_version, own = (text.split("+")[0] for text in (torch.__version__, torchvision.__version__))
    return {"framework": "pytorch", "torch": torch_version, "torchvision": own}


def record(name: str) -> dict[str, Any]:
    """A model as a network, with what was measured while it ran; the values of its weights are of no account."""
    _, segmentation, video = (models.list_models(module=collection) for collection in COLLECTIONS)
    untrained = {"weights_backbone": None} if name in segmentation else {}
    model = models.get_model(name, weights=None, **untrained)
    sizes = SIZES.get(name, CLIP if name in video else SIZE)
    return pytorch_trace.record(model, {"input": torch.zeros(BATCH, 3, *sizes)})
