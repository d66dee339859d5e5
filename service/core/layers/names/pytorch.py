"""PyTorch's names: the modules of `torch.nn`, and the functions that say the same."""

from collections.abc import Mapping
from typing import Any

from service.core.layers.names import conversions as to
from service.core.layers.names.layer_name import LayerName, Vocabulary, Word, Words, called, listed

RANKS = (1, 2, 3)
PREFIXES = ("", "nn.", "torch.nn.", "torch.nn.modules.")
FUNCTION_PREFIXES = ("F.", "nn.functional.", "torch.nn.functional.")
TORCH_PREFIXES = (*FUNCTION_PREFIXES, "torch.")

MADE: Words = {"device": Word(None, to.text), "dtype": Word(None, to.text)}
"""Where a module's numbers are kept, and as what."""
IN_PLACE: Words = {"inplace": Word(None, to.flag)}
TRAINING: Words = {"training": Word(None, to.flag)}


def unless_true(value: Any) -> Any:
    """False as it is; true as the default, which other parameters decide."""
    return None if to.flag(value) else False


NORM: Words = {**MADE, "bias": Word("center", unless_true)}


def as_kernel(values: Mapping[str, Any]) -> Any:
    """A pool steps by its kernel."""
    return values.get("kernel_size")


POOLED = {"stride": as_kernel}
STEPPED: Words = {"stride": Word("stride", to.unless_empty)}
"""A pool's stride, which may be an empty list where it is the kernel."""
AVERAGED = {**POOLED, "count_include_pad": True}


def _pads(prefix: str, mode: str) -> list[LayerName]:
    """The padding modules of one mode."""
    settled = {"mode": mode, **({} if prefix == "ConstantPad" else {"value": 0.0})}
    whole = mode != "constant"
    return [
        called(
            f"{prefix}{rank}d",
            kind="pad",
            words={"padding": Word("padding", to.flat_pad(rank, whole=whole))},
            settled=settled,
        )
        for rank in RANKS
    ]


def _ranked(
    name: str, kind: str, ranks: tuple[int, ...] = RANKS, *, lazy: bool = False, **members: Any
) -> list[LayerName]:
    """The modules of one family, one a rank."""
    return [
        called(f"{name}{rank}d", *([f"Lazy{name}{rank}d"] if lazy else []), kind=f"{kind}{rank}d", **members)
        for rank in RANKS
    ]


UPSAMPLE: Words = {"recompute_scale_factor": Word(None, to.flag)}
ACTIVATIONS: Mapping[str, str] = {
    "ReLU": "relu",
    "ReLU6": "relu6",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "SiLU": "silu",
    "Mish": "mish",
    "Hardswish": "hardswish",
    "Hardsigmoid": "hardsigmoid",
    "SELU": "selu",
    "Softsign": "softsign",
    "LogSigmoid": "log_sigmoid",
    "Tanhshrink": "tanhshrink",
    "ELU": "elu",
    "CELU": "celu",
    "LeakyReLU": "leaky_relu",
    "GELU": "gelu",
    "Softmin": "softmin",
    "Softmax": "softmax",
    "LogSoftmax": "log_softmax",
}
SOFT: Words = {"dtype": Word(None, to.text), "_stacklevel": Word(None, to.integer)}
SOFTPLUS: Words = {"beta": Word(None, to.number), "threshold": Word(None, to.number)}
HARDTANH: Words = {"min_value": "min_val", "max_value": "max_val"}

MODULES: tuple[LayerName, ...] = (
    *_ranked("Conv", "conv", lazy=True, words=MADE),
    *_ranked("ConvTranspose", "conv_transpose", lazy=True, words=MADE),
    *_ranked("MaxPool", "max_pool", words=STEPPED, elsewhere=POOLED),
    *_ranked("AvgPool", "avg_pool", words=STEPPED, elsewhere=AVERAGED),
    *_ranked("LPPool", "lp_pool", words=STEPPED, elsewhere=POOLED),
    *_ranked("AdaptiveAvgPool", "adaptive_avg_pool"),
    *_ranked("AdaptiveMaxPool", "adaptive_max_pool"),
    *_ranked("BatchNorm", "batch_norm", lazy=True, words=NORM),
    *_ranked("InstanceNorm", "instance_norm", lazy=True, words=NORM),
    called("SyncBatchNorm", kind="batch_norm", words={**NORM, "process_group": None}),
    called("GroupNorm", kind="group_norm", words=NORM),
    called("LayerNorm", kind="layer_norm", words=MADE),
    called("Linear", "LazyLinear", kind="linear", words=MADE),
    called("Flatten", kind="flatten"),
    called("Identity", kind="identity"),
    called("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout", kind="dropout"),
    *_pads("ConstantPad", "constant"),
    *_pads("ZeroPad", "constant"),
    *_pads("ReflectionPad", "reflect"),
    *_pads("ReplicationPad", "replicate"),
    *_pads("CircularPad", "circular"),
    called("Upsample", kind="upsample", words=UPSAMPLE),
    called("UpsamplingNearest2d", kind="upsample", settled={"mode": "nearest"}),
    called("UpsamplingBilinear2d", kind="upsample", settled={"mode": "bilinear", "align_corners": True}, input_axes=4),
    called("PixelShuffle", kind="pixel_shuffle"),
    called("PixelUnshuffle", kind="pixel_unshuffle"),
    *(called(name, kind=kind) for name, kind in ACTIVATIONS.items()),
    called("Softplus", kind="softplus", words=SOFTPLUS),
    called("Softmax2d", kind="softmax", settled={"dim": -3}),
    called("Hardtanh", kind="hardtanh", words=HARDTANH),
    called("PReLU", kind="prelu", words=MADE),
)

_GIVEN: Words = {"weight": None}
FUNCTIONS: tuple[LayerName, ...] = (
    *_ranked("conv", "conv"),
    *_ranked("conv_transpose", "conv_transpose"),
    *_ranked("max_pool", "max_pool", words=STEPPED, elsewhere=POOLED),
    *_ranked("avg_pool", "avg_pool", words=STEPPED, elsewhere=AVERAGED),
    *_ranked("lp_pool", "lp_pool", words=STEPPED, elsewhere=POOLED),
    *_ranked("adaptive_avg_pool", "adaptive_avg_pool"),
    *_ranked("adaptive_max_pool", "adaptive_max_pool"),
    called("linear", kind="linear", by_inputs=dict.fromkeys((2, 3), "apply_linear")),
    called("batch_norm", kind="batch_norm", words={"training": Word("track_running_stats", to.negated)}),
    called("instance_norm", kind="instance_norm", words={"use_input_stats": Word(None, to.flag)}),
    called("group_norm", kind="group_norm"),
    called("layer_norm", kind="layer_norm"),
    called("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout", kind="dropout",
           words=TRAINING),
    called("pad", kind="pad", words={"pad": Word("padding", to.flat_pad(None)),
                                     "padding": Word("padding", to.flat_pad(None))}),
    called("interpolate", "upsample", kind="upsample", words={**UPSAMPLE, "antialias": Word(None, to.flag)}),
    called("upsample_nearest", kind="upsample", settled={"mode": "nearest"}),
    called("upsample_bilinear", kind="upsample", settled={"mode": "bilinear", "align_corners": True}, input_axes=4),
    called("pixel_shuffle", kind="pixel_shuffle"),
    called("pixel_unshuffle", kind="pixel_unshuffle"),
    *(called(name.lower(), kind=kind, words=SOFT if "max" in kind or "min" in kind else {})
      for name, kind in ACTIVATIONS.items() if name != "LeakyReLU"),
    called("leaky_relu", kind="leaky_relu"),
    called("softplus", kind="softplus", words=SOFTPLUS),
    called("log_softmax", kind="log_softmax", words=SOFT),
    called("hardtanh", kind="hardtanh"),
    called("prelu", kind="prelu"),
)  # fmt: skip

TORCH: tuple[LayerName, ...] = (
    called("flatten", kind="flatten", defaults={"start_dim": 0}),
    called("reshape", kind="reshape"),
    called("permute", kind="permute"),
    called("cat", "concat", "concatenate", kind="concat", defaults={"dim": 0}),
    called("prelu", kind="prelu"),
    called("dropout", kind="dropout", words={"train": Word(None, to.flag)}),
    called("pixel_shuffle", kind="pixel_shuffle"),
    called("pixel_unshuffle", kind="pixel_unshuffle"),
    *_ranked("conv", "conv"),
    *_ranked("conv_transpose", "conv_transpose"),
    called("max_pool1d", kind="max_pool1d", elsewhere=POOLED),
    called("max_pool2d", kind="max_pool2d", elsewhere=POOLED),
    called("max_pool3d", kind="max_pool3d", elsewhere=POOLED),
    called("avg_pool1d", kind="avg_pool1d", elsewhere=AVERAGED),
    called("adaptive_avg_pool1d", kind="adaptive_avg_pool1d"),
)

OTHERS = listed(
    "AdaptiveLogSoftmaxWithLoss BCELoss BCEWithLogitsLoss CTCLoss Container CosineEmbeddingLoss CrossEntropyLoss"
    " CrossMapLRN2d DataParallel EmbeddingBag FractionalMaxPool2d FractionalMaxPool3d GaussianNLLLoss"
    " HingeEmbeddingLoss HuberLoss KLDivLoss L1Loss LinearCrossEntropyLoss MSELoss MarginRankingLoss ModuleDict"
    " ModuleList MultiLabelMarginLoss MultiLabelSoftMarginLoss MultiMarginLoss NLLLoss NLLLoss2d PairwiseDistance"
    " ParameterDict ParameterList PoissonNLLLoss RNNBase RNNCellBase Sequential SmoothL1Loss SoftMarginLoss"
    " Transformer TransformerDecoder TransformerEncoder TripletMarginLoss TripletMarginWithDistanceLoss"
)
"""Modules of `torch.nn` that are none of our layers."""

RNN: Words = {**MADE, "nonlinearity": Word(None, to.one_of("tanh", "relu"))}
MASKED: Words = {**MADE, "attn_mask": None, "key_padding_mask": None, "is_causal": Word(None, to.flag)}
SEQUENCE_MODULES: tuple[LayerName, ...] = (
    called("RNN", kind="rnn", words=RNN),
    called("GRU", kind="gru", words=MADE),
    called("LSTM", kind="lstm", words=MADE),
    called("RNNCell", kind="rnn_cell", words=RNN),
    called("GRUCell", kind="gru_cell", words=MADE),
    called("LSTMCell", kind="lstm_cell", words=MADE),
    called("MultiheadAttention", kind="multihead_attention", words=MASKED),
    called("TransformerEncoderLayer", kind="transformer_encoder_layer", words=MADE),
    called("TransformerDecoderLayer", kind="transformer_decoder_layer", words=MADE),
    called("RMSNorm", kind="rms_norm", words=MADE),
)
SEQUENCE_FUNCTIONS: tuple[LayerName, ...] = (
    called("scaled_dot_product_attention", kind="scaled_dot_product_attention",
           words={"scale": Word(None, to.number)}),
    called("rms_norm", kind="rms_norm"),
)  # fmt: skip
REPARAMETRISED: Words = {"module": "layer", "eps": Word(None, to.number), "dim": Word(None, to.integer)}
REPARAMETRISATIONS: tuple[LayerName, ...] = (
    called("spectral_norm", kind="spectral_norm", words=REPARAMETRISED),
    called("weight_norm", kind="weight_norm", words=REPARAMETRISED),
)
REPARAMETRISATION_PREFIXES = ("torch.nn.utils.parametrizations.", "nn.utils.parametrizations.", "parametrizations.",
                              "torch.nn.utils.", "nn.utils.")  # fmt: skip

VOCABULARIES = (
    Vocabulary(framework="pytorch", prefixes=PREFIXES, names=MODULES, others=OTHERS),
    Vocabulary(framework="pytorch", prefixes=FUNCTION_PREFIXES, names=FUNCTIONS),
    Vocabulary(framework="pytorch", prefixes=PREFIXES, names=SEQUENCE_MODULES),
    Vocabulary(framework="pytorch", prefixes=FUNCTION_PREFIXES, names=SEQUENCE_FUNCTIONS),
    Vocabulary(framework="pytorch", prefixes=REPARAMETRISATION_PREFIXES, names=REPARAMETRISATIONS),
    Vocabulary(framework="pytorch", prefixes=("torch.",), names=TORCH),
)
