"""Source of our own that stands for modules of PyTorch, torchvision and timm; the interpreter runs it as if posted.

A file is called after its subject. NAMES says which file tells which names of which modules; names of modules that are
layers are in LAYERS.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from service.models.source.host import Prelude

SUFFIX = ".py.txt"
"""Of texts that are source for the interpreter, not for Python."""

_OPS = "ConvNormActivation Conv2dNormActivation Conv3dNormActivation SqueezeExcitation MLP Permute"
_PYRAMID = "FeaturePyramidNetwork LastLevelMaxPool LastLevelP6P7 ExtraFPNBlock"
_UTILITIES = "_make_divisible _ovewrite_named_param _ovewrite_value_param handle_legacy_interface"
_RESNET = (
    "ResNet BasicBlock Bottleneck resnet18 resnet34 resnet50 resnet101 resnet152 resnext50_32x4d resnext101_32x8d"
    " resnext101_64x4d wide_resnet50_2 wide_resnet101_2"
)
_PLAIN = (
    "VGG AlexNet SqueezeNet Fire vgg11 vgg11_bn vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn alexnet squeezenet1_0"
    " squeezenet1_1"
)
_INVERTED = (
    "InvertedResidual InvertedResidualConfig MobileNetV2 MobileNetV3 mobilenet_v2 mobilenet_v3_large mobilenet_v3_small"
)
_EFFICIENT = (
    "EfficientNet MBConv FusedMBConv efficientnet_b0 efficientnet_b1 efficientnet_b2 efficientnet_b3"
    " efficientnet_b4 efficientnet_b5 efficientnet_b6 efficientnet_b7 efficientnet_v2_s efficientnet_v2_m"
    " efficientnet_v2_l"
)
_DENSE = "DenseNet densenet121 densenet161 densenet169 densenet201"
_NEWER = (
    "VisionTransformer ConvNeXt LayerNorm2d vit_b_16 vit_b_32 vit_l_16 vit_l_32 vit_h_14 convnext_tiny convnext_small"
    " convnext_base convnext_large"
)
_SEGMENTATION = (
    "FCN FCNHead DeepLabV3 DeepLabHead ASPP fcn_resnet50 fcn_resnet101 deeplabv3_resnet50 deeplabv3_resnet101"
)
_INCEPTION = "GoogLeNet Inception3 googlenet inception_v3"
_TIMM = (
    "get_act_layer create_act_layer create_act to_1tuple to_2tuple to_3tuple to_4tuple to_ntuple _ntuple make_divisible"
    " trunc_normal_ trunc_normal_tf_ lecun_normal_ variance_scaling_ _assert use_fused_attn calculate_drop_path_rates"
    " drop_path Mlp ConvMlp GluMlp PatchEmbed LayerScale2d SelectAdaptivePool2d ClassifierHead get_padding"
    " create_conv2d ConvNormAct ConvBnAct SqueezeExcite SEModule BlurPool2d ndgrid resample_abs_pos_embed"
    " register_notrace_module register_notrace_function"
)


def _rows(file: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), file)


_VISION_OPS = _rows("vision_ops", f"{_OPS} {_PYRAMID}")
_MODELS = {
    **_rows("vision_resnet", _RESNET), **_rows("vision_vgg", _PLAIN), **_rows("vision_mobilenet", _INVERTED),
    **_rows("vision_efficientnet", _EFFICIENT),
    **_rows("vision_newer", _NEWER),
    **_rows("vision_densenet", _DENSE), **_rows("vision_inception", _INCEPTION),
}  # fmt: skip
_TIMM_NAMES = {**_rows("timm_layers", _TIMM)}
_DATA = _rows(
    "timm_data",
    "DEFAULT_CROP_PCT DEFAULT_CROP_MODE IMAGENET_DEFAULT_MEAN IMAGENET_DEFAULT_STD IMAGENET_INCEPTION_MEAN"
    " IMAGENET_INCEPTION_STD IMAGENET_DPN_MEAN IMAGENET_DPN_STD OPENAI_CLIP_MEAN OPENAI_CLIP_STD",
)
_MANIPULATION = _rows("timm_layers", "named_apply checkpoint_seq")

NAMES: Mapping[str, Mapping[str, str]] = {
    "torch.nn": _rows("transformer", "Transformer TransformerEncoder TransformerDecoder"),
    "torchvision.ops": _VISION_OPS,
    "torchvision.ops.misc": _VISION_OPS,
    "torchvision.ops.feature_pyramid_network": _VISION_OPS,
    "torchvision.models": _MODELS,
    **{
        f"torchvision.models.{name}": _MODELS
        for name in ("resnet", "vgg", "alexnet", "squeezenet", "mobilenet", "mobilenetv2", "mobilenetv3",
                     "efficientnet", "densenet", "googlenet", "inception", "vision_transformer", "convnext")
    },
    "torchvision.models._utils": _rows("vision_helpers", f"{_UTILITIES} IntermediateLayerGetter"),
    "torchvision.models._api": _rows("vision_helpers", "register_model Weights WeightsEnum"),
    "torchvision.models._meta": _rows(
        "vision_helpers",
        "_IMAGENET_CATEGORIES _COCO_CATEGORIES _COCO_PERSON_CATEGORIES _COCO_PERSON_KEYPOINT_NAMES _VOC_CATEGORIES"
        " _KINETICS400_CATEGORIES",
    ),
    "torchvision.models.segmentation": _rows("vision_segmentation", _SEGMENTATION),
    "torchvision.models.segmentation.fcn": _rows("vision_segmentation", _SEGMENTATION),
    "torchvision.models.segmentation.deeplabv3": _rows("vision_segmentation", _SEGMENTATION),
    "torchvision.models.segmentation._utils": _rows("vision_helpers", "_SimpleSegmentationModel"),
    "torchvision.utils": _rows("vision_helpers", "_log_api_usage_once"),
    "torchvision._utils": _rows("vision_helpers", "_log_api_usage_once"),
    "torchvision.transforms._presets": _rows(
        "vision_helpers",
        "ImageClassification VideoClassification SemanticSegmentation ObjectDetection OpticalFlow InterpolationMode",
    ),
    "torchvision.transforms.functional": _rows("vision_helpers", "InterpolationMode"),
    "torchvision.transforms": _rows("vision_helpers", "InterpolationMode"),
    **{name: _rows("lightning", "LightningModule") for name in ("lightning", "lightning.pytorch", "pytorch_lightning")},
    "torchvision": {},
    "torchvision.ops.stochastic_depth": {},
    "timm": {},
    "timm.data": _DATA,
    "timm.data.constants": _DATA,
    "timm.models": _MANIPULATION,
    "timm.models.layers": _TIMM_NAMES,
    "timm.layers": _TIMM_NAMES,
    "timm.layers.helpers": _TIMM_NAMES,
    "timm.models._manipulate": _MANIPULATION,
}  # fmt: skip
"""For each module the file that tells each of its names."""
LAYERS: Mapping[str, Mapping[str, str]] = {
    **{
        module: {"StochasticDepth": "p, mode", "FrozenBatchNorm2d": "num_features, eps=1e-05"}
        for module in ("torchvision.ops", "torchvision.ops.misc", "torchvision.ops.stochastic_depth")
    },
    **{
        module: {"DropPath": "drop_prob=0.0, scale_by_keep=true"}
        for module in ("timm.layers", "timm.models.layers", "timm.layers.drop")
    },
}
"""For each module the names that are layers, and the arguments of their constructors."""
RELATIVE: Mapping[str, str] = {
    "ops.misc": "torchvision.ops.misc", "ops.stochastic_depth": "torchvision.ops.stochastic_depth",
    "_api": "torchvision.models._api", "_meta": "torchvision.models._meta", "_utils": "torchvision.models._utils",
    "utils": "torchvision.utils", "transforms._presets": "torchvision.transforms._presets",
    "ops": "torchvision.ops", "layers": "timm.layers", "_manipulate": "timm.models._manipulate",
}  # fmt: skip
"""What files of these packages import relative to themselves, where such a file is posted without its path."""


@cache
def _prelude(file: str) -> Prelude:
    text = files(__name__).joinpath(file + SUFFIX).read_text(encoding="utf-8")
    return Prelude(module=f"padstride.{file}", text=text, file=file + SUFFIX)


def prelude_of(module: str, name: str) -> Prelude | None:
    """The source that tells a name of a module; None where none does."""
    file = NAMES.get(module, {}).get(name)
    return None if file is None else _prelude(file)
