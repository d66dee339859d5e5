"""Exports models of torchvision to ONNX by both of PyTorch's exporters, for `tests.golden.record.onnx_files` to run.

For example: python -m tests.golden.record.onnx_exports --exporter dynamo --out DIRECTORY --only resnet18 swin_t

The weights have not been trained. The first axis of the input is dynamic, the others are those of the model.
"""

import argparse
import sys
import time
from pathlib import Path

import torch
from torchvision import models

PACKAGES = "torch==2.14.1 torchvision==0.29.1 onnx==1.23.2 onnxscript==0.7.2"
BATCH = 2
OPSET = 17
"""Of the older exporter; the newer one chooses its own."""
SIZE, CLIP = (224, 224), (8, 112, 112)
SIZES = {"inception_v3": (299, 299), "mvit_v1_b": (16, 224, 224), "mvit_v2_s": (16, 224, 224)}
NAMES = {
    "script": (
        "alexnet convnext_tiny deeplabv3_mobilenet_v3_large deeplabv3_resnet50 densenet121 efficientnet_b0"
        " efficientnet_b1 efficientnet_v2_s fcn_resnet50 googlenet inception_v3 lraspp_mobilenet_v3_large maxvit_t"
        " mc3_18 mnasnet0_5 mnasnet0_75 mnasnet1_0 mnasnet1_3 mobilenet_v2 mobilenet_v3_large mobilenet_v3_small"
        " r2plus1d_18 regnet_x_400mf regnet_x_800mf regnet_y_400mf regnet_y_800mf resnet101 resnet18 resnet34 resnet50"
        " resnext50_32x4d shufflenet_v2_x0_5 shufflenet_v2_x1_0 shufflenet_v2_x1_5 shufflenet_v2_x2_0 squeezenet1_0"
        " squeezenet1_1 swin_s swin_t swin_v2_t"
    ),
    "dynamo": (
        "alexnet convnext_base convnext_small convnext_tiny deeplabv3_mobilenet_v3_large densenet121 densenet161"
        " densenet169 efficientnet_b0 efficientnet_v2_s fcn_resnet50 googlenet inception_v3 lraspp_mobilenet_v3_large"
        " maxvit_t mc3_18 mnasnet0_5 mnasnet0_75 mnasnet1_0 mnasnet1_3 mobilenet_v2 mobilenet_v3_large"
        " mobilenet_v3_small mvit_v1_b r2plus1d_18 regnet_x_400mf regnet_x_800mf regnet_y_400mf regnet_y_800mf"
        " resnet101 resnet18 resnet34 resnet50 resnext50_32x4d shufflenet_v2_x0_5 shufflenet_v2_x1_0"
        " shufflenet_v2_x1_5 shufflenet_v2_x2_0 squeezenet1_0 squeezenet1_1 swin_t swin_v2_t vgg11 vit_b_16 vit_b_32"
        " wide_resnet50_2"
    ),
}
"""The models that are recorded."""


def main() -> None:
    """Export models into a directory, each as `name.exporter.onnx`."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.record.onnx_exports", description=__doc__)
    parser.add_argument("--exporter", choices=sorted(NAMES), required=True)
    parser.add_argument("--only", nargs="*", help="these models only")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.only or NAMES[options.exporter].split():
        began = time.monotonic()
        export(name, options.exporter, options.out / f"{name}.{options.exporter}.onnx")
        sys.stderr.write(f"{name}: {time.monotonic() - began:.1f} s\n")


def export(name: str, exporter: str, path: Path) -> None:
    """Export one model."""
    segmentation, video = models.list_models(module=models.segmentation), models.list_models(module=models.video)
    untrained = {"weights_backbone": None} if name in segmentation else {}
    model = models.get_model(name, weights=None, **untrained).eval()
    images = torch.zeros(BATCH, 3, *SIZES.get(name, CLIP if name in video else SIZE))
    with torch.no_grad():
        if exporter == "script":
            dynamic = {"input": {0: "N"}}
            torch.onnx.export(model, (images,), str(path), dynamo=False, opset_version=OPSET, dynamic_axes=dynamic,
                              input_names=["input"])  # fmt: skip
        else:
            varying = ({0: torch.export.Dim.DYNAMIC},)
            torch.onnx.export(model, (images,), str(path), dynamo=True, external_data=False, dynamic_shapes=varying,
                              input_names=["input"], verbose=False)  # fmt: skip


if __name__ == "__main__":
    main()
