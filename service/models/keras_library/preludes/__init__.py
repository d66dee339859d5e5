"""Source of our own that stands for classes and models of Keras; the interpreter runs it as if posted."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from service.models.source.host import Prelude

SUFFIX = ".py.txt"
"""Of texts that are source for the interpreter, not for Python."""
NAMES = ("Layer", "Model", "Functional", "Sequential")


@cache
def _prelude(file: str, module: str) -> Prelude:
    text = files(__name__).joinpath(file + SUFFIX).read_text(encoding="utf-8")
    return Prelude(module=module, text=text, file=file + SUFFIX)


MODELS = _prelude("models", "keras._classes")
"""`Layer`, `Model`, `Sequential`."""
APPLICATIONS = _prelude("applications", "keras._applications")
"""What the families of `keras.applications` share."""
_FAMILIES: Mapping[str, str] = {
    "convnext": "ConvNeXtTiny ConvNeXtSmall ConvNeXtBase ConvNeXtLarge ConvNeXtXLarge",
    "densenet": "DenseNet121 DenseNet169 DenseNet201",
    "efficientnet": "EfficientNetB0 EfficientNetB1 EfficientNetB2 EfficientNetB3 EfficientNetB4 EfficientNetB5"
                    " EfficientNetB6 EfficientNetB7",
    "efficientnet_v2": "EfficientNetV2B0 EfficientNetV2B1 EfficientNetV2B2 EfficientNetV2B3 EfficientNetV2S"
                       " EfficientNetV2M EfficientNetV2L",
    "inception": "InceptionV3 InceptionResNetV2",
    "mobilenet": "MobileNet MobileNetV2",
    "mobilenet_v3": "MobileNetV3Small MobileNetV3Large",
    "nasnet": "NASNetMobile NASNetLarge",
    "resnet": "ResNet50 ResNet101 ResNet152 ResNet50V2 ResNet101V2 ResNet152V2",
    "vgg": "VGG16 VGG19",
    "xception": "Xception",
}  # fmt: skip
"""The models that each file tells."""
_FAMILY_OF = {model: family for family, models in _FAMILIES.items() for model in models.split()}


def application(model: str) -> Prelude | None:
    """The source that tells a model of `keras.applications`; None where none does."""
    family = _FAMILY_OF.get(model)
    return None if family is None else _prelude(f"applications_{family}", f"keras._applications_{family}")
