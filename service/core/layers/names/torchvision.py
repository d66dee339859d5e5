"""The names of torchvision and timm: the small blocks that models of PyTorch are built of."""

from service.core.layers.names import conversions as to
from service.core.layers.names.layer_name import LayerName, Vocabulary, Word, Words, called, ignored

OPS_PREFIXES = ("", "torchvision.ops.", "ops.", "torchvision.ops.misc.", "torchvision.ops.stochastic_depth.")
MODEL_PREFIXES = ("torchvision.models.swin_transformer.", "swin_transformer.", "")
TIMM_PREFIXES = ("timm.layers.", "timm.models.layers.")

DEPTH_MODE = Word("drop_mode", to.one_of("row", "batch"))
OPS: tuple[LayerName, ...] = (
    called("StochasticDepth", kind="stochastic_depth", words={"mode": DEPTH_MODE}, needs=("drop_mode",)),
    called("stochastic_depth", kind="stochastic_depth", words={"mode": DEPTH_MODE, "training": Word(None, to.flag)}),
    called("SqueezeExcitation", kind="squeeze_excitation",
           words={"input_channels": "in_channels", **ignored("activation", "scale_activation")}),
    called("FrozenBatchNorm2d", kind="frozen_batch_norm"),
)  # fmt: skip
WINDOWED: Words = {"dim": "features"}
MODELS: tuple[LayerName, ...] = (
    called("ShiftedWindowAttention", kind="shifted_window_attention", words=WINDOWED),
    called("ShiftedWindowAttentionV2", kind="shifted_window_attention_v2", words=WINDOWED),
)

MADE: Words = ignored("device", "dtype")
ACTING: Words = {
    **MADE,
    **ignored("act_layer", "act_kwargs", "drop_layer", "group_size"),
    "apply_act": Word(None, to.flag),
    "inplace": Word(None, to.flag),
}
TIMM: tuple[LayerName, ...] = (
    called("DropPath", kind="stochastic_depth", words={"drop_prob": "p", "scale_by_keep": "scale_by_keep"}),
    called("LayerScale", kind="layer_scale", words={"dim": "features", **MADE}),
    called("BatchNormAct2d", kind="batch_norm2d", words=ACTING),
    called("FrozenBatchNormAct2d", kind="frozen_batch_norm", words=ACTING),
    called("GroupNorm", kind="group_norm", words=MADE, defaults={"num_groups": 32}),
    called("GroupNormAct", kind="group_norm", words=ACTING, defaults={"num_groups": 32}),
    called("GroupNorm1", kind="group_norm", words=MADE, settled={"num_groups": 1}),
    called("GroupNorm1Act", kind="group_norm", words=ACTING, settled={"num_groups": 1}),
    called("LayerNorm2d", kind="channel_layer_norm", words=MADE),
    called("LayerNormAct2d", kind="channel_layer_norm", words=ACTING, defaults={"eps": 1e-5}),
    called("LayerNorm", kind="layer_norm", defaults={"eps": 1e-6},
           words={**MADE, "num_channels": "normalized_shape", "affine": "elementwise_affine"}),
    called("RmsNorm", kind="rms_norm", defaults={"eps": 1e-6},
           words={**MADE, "channels": "normalized_shape", "affine": "elementwise_affine"}),
)  # fmt: skip

VOCABULARIES = (
    Vocabulary(framework="pytorch", prefixes=OPS_PREFIXES, names=OPS),
    Vocabulary(framework="pytorch", prefixes=MODEL_PREFIXES, names=MODELS),
    Vocabulary(framework="pytorch", prefixes=TIMM_PREFIXES, names=TIMM),
    Vocabulary(framework="pytorch", prefixes=("",), names=tuple(row for row in TIMM if row.names[0] == "DropPath")),
)
