"""Models of timm: one or two of each architecture, small ones, at the input size that they were made for."""

from typing import Any

import timm
import torch

from tests.golden.record.models import pytorch_trace

PACKAGES = "torch==2.14.1 torchvision==0.29.1 timm==1.0.31 numpy"
BATCH = 2
NAMES = [
    "resnet26d", "regnety_002", "efficientnet_b0", "efficientnetv2_rw_t", "mobilenetv3_small_100",
    "mobilenetv4_conv_small", "densenet121", "convnext_atto", "convnextv2_atto", "vit_tiny_patch16_224",
    "deit_tiny_distilled_patch16_224", "swin_tiny_patch4_window7_224", "swinv2_tiny_window8_256", "mixer_s32_224",
    "gmlp_s16_224", "resmlp_12_224", "poolformer_s12", "caformer_s18", "coat_lite_tiny", "coatnet_pico_rw_224",
    "inception_v4", "inception_resnet_v2", "xception41", "dla34", "hrnet_w18_small", "ghostnet_100",
    "res2net50_14w_8s", "resnest14d", "skresnet18", "legacy_seresnet18", "eca_nfnet_l0", "repvgg_a0", "hardcorenas_a",
    "mnasnet_small", "tresnet_m", "levit_128s", "pit_ti_224", "twins_svt_small", "twins_pcpvt_small",
    "cait_xxs24_224", "crossvit_tiny_240", "beit_base_patch16_224", "volo_d1_224", "xcit_nano_12_p16_224",
    "edgenext_xx_small", "mobilevit_xxs", "mobilevitv2_050", "efficientformer_l1", "fastvit_t8", "tinynet_e",
    "rexnet_100", "selecsls42b", "dpn48b", "cspresnet50", "ecaresnet26t", "botnet26t_256", "halonet26t",
    "lambda_resnet26t", "visformer_tiny", "convmixer_768_32", "nest_tiny", "maxvit_rmlp_pico_rw_256",
    "focalnet_tiny_srf", "davit_tiny", "gcvit_xxtiny", "pvt_v2_b0", "sequencer2d_s", "mobileone_s0",
    "inception_next_tiny", "hiera_tiny_224", "tiny_vit_5m_224", "mixnet_s",
]  # fmt: skip


def names() -> list[str]:
    """The models that are recorded."""
    return NAMES


def versions() -> dict[str, str]:
    """What was run."""
    return {"framework": "pytorch", "torch": torch.__version__.split("+")[0], "timm": timm.__version__}


def record(name: str) -> dict[str, Any]:
    """A model as a network, with what was measured while it ran."""
    model = timm.create_model(name, pretrained=False)
    shape = (BATCH, *model.default_cfg["input_size"])
    return pytorch_trace.record(model, {"input": torch.zeros(shape)})
