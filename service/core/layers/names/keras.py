"""Keras' names: the classes of `keras.layers` with their older spellings."""

from collections.abc import Mapping
from typing import Any

from service.core.layers.names import conversions as to
from service.core.layers.names.layer_name import LayerName, Vocabulary, Word, Words, called, ignored, listed

RANKS = (1, 2, 3)
PREFIXES = ("", "layers.", "keras.layers.", "tf.keras.layers.", "tensorflow.keras.layers.", "keras.src.layers.")

ACTIVATION_KINDS: Mapping[str, str] = {
    "relu": "relu",
    "relu6": "relu6",
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "silu": "silu",
    "swish": "silu",
    "mish": "mish",
    "hard_silu": "hardswish",
    "hard_swish": "hardswish",
    "hard_sigmoid": "hardsigmoid",
    "selu": "selu",
    "softsign": "softsign",
    "softplus": "softplus",
    "log_sigmoid": "log_sigmoid",
    "tanh_shrink": "tanhshrink",
    "leaky_relu": "leaky_relu",
    "elu": "elu",
    "celu": "celu",
    "gelu": "gelu",
    "hard_tanh": "hardtanh",
    "exponential": "exp",
    "hard_shrink": "hardshrink",
    "soft_shrink": "softshrink",
    "sparse_plus": "sparse_plus",
    "sparse_sigmoid": "sparse_sigmoid",
    "squareplus": "squareplus",
    "sparsemax": "sparsemax",
    "softmax": "softmax",
    "log_softmax": "log_softmax",
    "linear": "identity",
}
"""Activations by the text that Keras takes, and our kind for each."""
ACTIVATION_NUMBERS: Mapping[str, Mapping[str, Any]] = {"leaky_relu": {"negative_slope": 0.2}}
"""Parameters that an activation has there and its layer has not."""
ACTIVATIONS = frozenset(ACTIVATION_KINDS) | {
    "threshold",
}
"""Every activation that Keras knows by its name and that keeps the shape."""

OPTIONS: Words = {
    "dtype": None,
    "trainable": Word(None, to.flag),
    "autocast": Word(None, to.flag),
    **ignored("activity_regularizer", "input_shape", "batch_input_shape", "batch_size"),
}
"""Arguments of every Keras layer that change no shape."""
ACTIVATED: Words = {"activation": Word(None, to.named_function(ACTIVATIONS, "Keras"), activates=True)}


def trained(*parts: str) -> Words:
    """How a layer's numbers start and are held in training."""
    return ignored(*(f"{part}_{what}" for part in parts for what in ("initializer", "regularizer", "constraint")))


WEIGHTED: Words = {**ACTIVATED, **trained("kernel", "bias")}
DEPTHWISE: Words = {**ACTIVATED, **trained("depthwise", "bias")}
SEPARABLE: Words = {**ACTIVATED, **trained("depthwise", "pointwise", "bias")}
DENSE: Words = {**WEIGHTED, **ignored("lora_rank", "lora_alpha", "quantization_config")}
NORM: Words = trained("beta", "gamma")
BATCH_NORM: Words = {
    **NORM,
    **ignored("moving_mean_initializer", "moving_variance_initializer", "renorm_clipping", "renorm_momentum", "fused"),
    "axis": Word("axis", to.integer),
    "renorm": Word(None, to.flag),
    "synchronized": Word(None, to.flag),
}
RANDOM: Words = {"seed": Word(None, to.integer), **ignored("noise_shape", "data_format")}


def as_kernel(values: Mapping[str, Any]) -> Any:
    """A pool steps by its size."""
    return values.get("kernel_size")


def _ranked(name: str, kind: str, *older: str, ranks: tuple[int, ...] = RANKS, **members: Any) -> list[LayerName]:
    """The classes of one family, one a rank; names have `{}` where the rank stands."""
    return [
        called(*(spelling.format(f"{rank}D") for spelling in (name, *older)), kind=f"{kind}{rank}d", **members)
        for rank in ranks
    ]


def _pads(name: str, kind: str, word: str, defaults: tuple[Any, ...], **members: Any) -> list[LayerName]:
    """Explicit pads or crops of one to three axes."""
    return [
        called(
            f"{name}{rank}D",
            kind=kind,
            words={word: Word("padding", to.spatial_pad(rank)), "padding": Word("padding", to.spatial_pad(rank))},
            defaults={"padding": default},
            **members,
        )
        for rank, default in zip(RANKS, defaults, strict=True)
    ]


def _upsamplings() -> list[LayerName]:
    """Upsampling of one to three axes; only images are interpolated."""
    return [
        called(
            f"UpSampling{rank}D",
            kind="upsample",
            words={"size": Word("scale_factor", to.repeated(rank) if rank > 1 else to.repeated_integer)},
            defaults={"scale_factor": [2] * rank},
            settled={} if rank == 2 else {"mode": "nearest"},
            input_axes=rank + 2,
        )
        for rank in RANKS
    ]


NAMES: tuple[LayerName, ...] = (
    *_ranked("Conv{}", "conv", "Convolution{}", words=WEIGHTED),
    *_ranked("Conv{}Transpose", "conv_transpose", "Convolution{}Transpose", "Deconvolution{}", words=WEIGHTED),
    *_ranked("DepthwiseConv{}", "depthwise_conv", ranks=(1, 2), words=DEPTHWISE),
    *_ranked("SeparableConv{}", "separable_conv", "SeparableConvolution{}", ranks=(1, 2), words=SEPARABLE),
    *_ranked("MaxPooling{}", "max_pool", "MaxPool{}", defaults={"kernel_size": 2}, elsewhere={"stride": as_kernel}),
    *_ranked("AveragePooling{}", "avg_pool", "AvgPool{}",
             elsewhere={"stride": as_kernel, "count_include_pad": False}),
    *_ranked("GlobalMaxPooling{}", "global_max_pool", "GlobalMaxPool{}", elsewhere={"keepdims": False}),
    *_ranked("GlobalAveragePooling{}", "global_avg_pool", "GlobalAvgPool{}", elsewhere={"keepdims": False}),
    *_ranked("AdaptiveAveragePooling{}", "adaptive_avg_pool"),
    *_ranked("AdaptiveMaxPooling{}", "adaptive_max_pool"),
    *_pads("ZeroPadding", "pad", "padding", ([[1, 1]], [[1, 1]] * 2, [[1, 1]] * 3),
           settled={"mode": "constant", "value": 0.0}),
    *_pads("Cropping", "crop", "cropping", ([[1, 1]], [[0, 0]] * 2, [[1, 1]] * 3)),
    *_upsamplings(),
    called("Dense", kind="linear", words=DENSE),
    called("Flatten", kind="flatten"),
    called("Reshape", kind="reshape"),
    called("Permute", kind="permute", words={"dims": Word("dims", to.after_the_batch)}),
    called("Concatenate", kind="concat", words={"axis": "dim"}, defaults={"dim": -1}),
    called("Add", kind="add"),
    called("Multiply", kind="multiply"),
    called("BatchNormalization", kind="batch_norm", words=BATCH_NORM,
           defaults={"axis": -1, "momentum": 0.99, "eps": 1e-3}),
    called("LayerNormalization", kind="layer_norm", words={**NORM, "center": "bias"}, defaults={"eps": 1e-3}),
    called("GroupNormalization", kind="group_norm", words={**NORM, "groups": "num_groups"},
           defaults={"num_groups": 32, "eps": 1e-3}),
    called("Dropout", "AlphaDropout", "GaussianDropout",
           kind="dropout", words=RANDOM, needs=("p",)),
    *(called(f"SpatialDropout{rank}D", kind="dropout", words=RANDOM, needs=("p",), input_axes=rank + 2)
      for rank in RANKS),
    called("GaussianNoise", kind="identity", words={"stddev": Word(None, to.number), "seed": Word(None, to.integer)}),
    called("ActivityRegularization", kind="identity",
           words={"l1": Word(None, to.number), "l2": Word(None, to.number)}),
    called("Masking", kind="identity", words={"mask_value": Word(None, to.number)}),
    called("Identity", kind="identity"),
    called("ReLU", kind="relu"),
    called("LeakyReLU", kind="leaky_relu", words={"alpha": "negative_slope"}, defaults={"negative_slope": 0.3}),
    called("ELU", kind="elu"),
    called("PReLU", kind="prelu", words=trained("alpha"), defaults={"shared_axes": []}),
    called("Softmax", kind="softmax", words={"axis": "dim"}, defaults={"dim": -1}),
    called("Activation", kind="identity", chooses=("activation", ACTIVATION_KINDS),
           of_choice=ACTIVATION_NUMBERS),
)  # fmt: skip

RECURRENT: Words = {
    **trained("kernel", "recurrent", "bias"),
    **ignored("activation", "recurrent_activation", "seed", "implementation", "use_cudnn"),
    "units": "hidden_size",
    "recurrent_dropout": Word(None, to.number),
    **{word: Word(None, to.flag) for word in ("stateful", "unroll", "unit_forget_bias", "zero_output_for_mask")},
}
ATTENDING: Words = {**trained("kernel", "bias"), **ignored("seed", "flash_attention", "use_gate")}
SEQUENCES: tuple[LayerName, ...] = (
    called("SimpleRNN", kind="rnn", words=RECURRENT),
    called("GRU", kind="gru", words=RECURRENT),
    called("LSTM", kind="lstm", words=RECURRENT),
    called("SimpleRNNCell", kind="rnn_cell", words=RECURRENT),
    called("GRUCell", kind="gru_cell", words=RECURRENT),
    called("LSTMCell", kind="lstm_cell", words=RECURRENT),
    called("Bidirectional", kind="bidirectional"),
    called("TimeDistributed", kind="time_distributed"),
    called("SpectralNormalization", kind="spectral_norm"),
    called("MultiHeadAttention", kind="key_dim_attention", words={**ATTENDING, "output_shape": "projected_shape"}),
    called("GroupQueryAttention", "GroupedQueryAttention", kind="group_query_attention", words=ATTENDING),
    called("Attention", kind="dot_attention", words={"seed": None}),
    called("AdditiveAttention", kind="additive_attention", words={"seed": None}),
    called("RMSNormalization", kind="rms_norm", words=trained("gamma"), defaults={"eps": 1e-6, "axis": -1}),
    called("UnitNormalization", kind="unit_normalization", words={"axis": "along_axes"}),
    called("Rescaling", kind="rescaling", words={"scale": "factor"}),
    called("Normalization", kind="normalization", words={"axis": "kept_axes"}),
)
OF_APPLICATIONS: tuple[LayerName, ...] = (
    called("LayerScale", kind="layer_scale"),
    called("StochasticDepth", kind="stochastic_depth", words={"drop_path_rate": "p"}),
)
SCALED: Words = {"scale": Word(None, to.number)}
OF_INCEPTION: tuple[LayerName, ...] = (called("CustomScaleLayer", kind="add", words=SCALED, settled={"align": "last"}),)
APPLICATION_PREFIXES = ("keras.src.applications.convnext.", "keras.applications.convnext.", "convnext.", "")
INCEPTION_PREFIXES = ("keras.src.applications.inception_resnet_v2.", "inception_resnet_v2.", "")

OTHERS = listed(
    "AugMix AutoContrast CategoryEncoding ContrastLimitedAdaptiveHistogramEqualization ConvLSTM1D ConvLSTM2D"
    " ConvLSTM3D CutMix Discretization EinsumDense Equalization FlaxLayer HashedCrossing Hashing InputLayer"
    " InputSpec IntegerLookup JaxLayer Lambda Layer MaxNumBoundingBoxes MelSpectrogram MixUp Pipeline RNN"
    " RandAugment RandomColorDegeneration RandomColorJitter RandomElasticTransform RandomErasing RandomGaussianBlur"
    " RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization RandomSaturation RandomSharpness"
    " RandomShear ReversibleEmbedding STFTSpectrogram Solarization StackedRNNCells StringLookup TFSMLayer"
    " TextVectorization TorchModuleWrapper Wrapper"
)
"""Classes of `keras.layers` that are none of our layers."""

VOCABULARIES = (
    Vocabulary(framework="keras", prefixes=PREFIXES, names=NAMES, everywhere=OPTIONS, others=OTHERS),
    Vocabulary(framework="keras", prefixes=PREFIXES, names=SEQUENCES, everywhere=OPTIONS),
    Vocabulary(framework="keras", prefixes=APPLICATION_PREFIXES, names=OF_APPLICATIONS, everywhere=OPTIONS),
    Vocabulary(framework="keras", prefixes=INCEPTION_PREFIXES, names=OF_INCEPTION, everywhere=OPTIONS),
)
