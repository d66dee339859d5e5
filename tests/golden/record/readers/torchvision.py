"""Models of torchvision and timm, exported. Their files are large and are not committed.

The files are written to, or found in, the directory that RECORDED_READERS names, beside what is recorded of them.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import timm
import torch
from torchvision import models

from tests.golden.record.readers.exported_runs import figures

PACKAGES = "torch==2.14.1 torchvision==0.29.1 timm==1.0.31 numpy"
OF_TORCHVISION = [
    "alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "efficientnet_v2_s", "googlenet", "inception_v3",
    "mnasnet0_5", "mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large", "regnet_y_400mf", "regnet_x_400mf",
    "resnet18", "resnet50", "resnext50_32x4d", "shufflenet_v2_x0_5", "squeezenet1_0", "swin_t", "swin_v2_t", "maxvit_t",
    "wide_resnet50_2", "lraspp_mobilenet_v3_large", "fcn_resnet50", "deeplabv3_mobilenet_v3_large", "r3d_18", "mc3_18",
    "s3d",
]  # fmt: skip
OF_TIMM = [
    "resnet26d", "regnety_002", "efficientnet_b0", "mobilenetv3_small_100", "mobilenetv4_conv_small", "convnext_atto",
    "convnextv2_atto", "vit_tiny_patch16_224", "deit_tiny_distilled_patch16_224", "swin_tiny_patch4_window7_224",
    "mixer_s32_224", "gmlp_s16_224", "resmlp_12_224", "poolformer_s12", "coat_lite_tiny", "coatnet_pico_rw_224",
    "xception41", "dla34", "ghostnet_100", "resnest14d", "skresnet18", "eca_nfnet_l0", "repvgg_a0", "mnasnet_small",
    "levit_128s", "pit_ti_224", "twins_svt_small", "cait_xxs24_224", "xcit_nano_12_p16_224", "edgenext_xx_small",
    "mobilevit_xxs", "mobilevitv2_050", "efficientformer_l1", "fastvit_t8", "rexnet_100", "visformer_tiny",
    "convmixer_768_32", "inception_next_tiny", "mixnet_s", "tinynet_e",
]  # fmt: skip
SIZES = {"inception_v3": [299, 299], "r3d_18": [8, 56, 56], "mc3_18": [8, 56, 56], "s3d": [16, 112, 112]}
"""Input sizes of models that were made for others than 224 x 224, and short clips."""
BATCH = 2


def names() -> list[str]:
    """The models that are recorded."""
    return [f"torchvision-{name}" for name in OF_TORCHVISION] + [f"timm-{name}" for name in OF_TIMM]


def versions() -> dict[str, str]:
    """What was run."""
    return {"framework": "pytorch", "torch": torch.__version__.split("+")[0], "timm": timm.__version__}


def record(name: str) -> Iterator[dict[str, Any]]:
    """A model exported as it is, and decomposed; the values of its weights are of no account."""
    folder = Path(os.environ["RECORDED_READERS"])
    collection, _, own = name.partition("-")
    inputs = (torch.zeros(BATCH, 3, *SIZES.get(own if collection == "torchvision" else "", [224, 224])),)
    whole = folder / f"{name}.pt2"
    program = torch.export.load(whole) if whole.exists() else _exported(collection, own, inputs)
    for form in ("whole", "decomposed"):
        path = whole if form == "whole" else folder / f"{name}.decomposed.pt2"
        if form == "decomposed":
            program = torch.export.load(path) if path.exists() else program.run_decompositions()
        if not path.exists():
            torch.export.save(program, path)
        yield {"form": form, "file": path.name, "inputs": {"input": list(inputs[0].shape)}, **figures(program, inputs)}


def _exported(collection: str, name: str, inputs: tuple[torch.Tensor, ...]) -> torch.export.ExportedProgram:
    if collection == "timm":
        model = timm.create_model(name, pretrained=False)
    else:
        untrained = {"weights_backbone": None} if name in models.list_models(module=models.segmentation) else {}
        model = models.get_model(name, weights=None, **untrained)
    with torch.no_grad():
        return torch.export.export(model.eval(), inputs)
