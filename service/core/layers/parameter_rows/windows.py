"""Parameters of windows, pads, norms, activations and reshapes: what most layers have."""

from service.core.layers.parameter_rows.row import (
    A_COUNT,
    A_FLAG,
    A_NUMBER,
    A_SHAPE,
    A_SIZE,
    A_SIZE_OR_LIKE,
    AN_INDEX,
    AXES,
    Parameter,
)

ROWS = (
    Parameter("kernel_size", "Window size.", A_SIZE, ("pool_size", "kernel_shape", "window_shape")),
    Parameter("stride", "Step from one window to the next.", A_SIZE, ("strides", "window_strides")),
    Parameter(
        "padding",
        "Positions added to (cropped from, in a transposed convolution) each end of each axis.",
        "an integer, one per axis, a pair [before, after] per axis, or one of"
        ' "valid", "same", "same_upper", "same_lower", "causal", "full"',
        ("pads", "auto_pad", "cropping"),
    ),
    Parameter(
        "dilation",
        "Step from one kernel element to the next.",
        A_SIZE,
        ("dilation_rate", "dilations", "rhs_dilation", "window_dilation"),
    ),
    Parameter(
        "input_dilation",
        "Step from one input element to the next, padding between (JAX).",
        A_SIZE,
        ("lhs_dilation", "base_dilation"),
    ),
    Parameter(
        "groups", "Groups of channels convolved apart from each other.", A_COUNT, ("group", "feature_group_count")
    ),
    Parameter("in_channels", "Channels of the input.", A_COUNT),
    Parameter("out_channels", "Channels of the output.", A_COUNT, ("filters",)),
    Parameter("bias", "Whether a bias is added.", A_FLAG, ("use_bias",)),
    Parameter("padding_mode", "What padding is filled with.", 'one of "zeros", "reflect", "replicate", "circular"'),
    Parameter("data_format", "Where the channels stand.", '"channels_first" or "channels_last"'),
    Parameter(
        "output_padding",
        "Chooses among the output sizes of a transposed convolution that map back to its input.",
        "an integer of at least 0, or one per axis",
    ),
    Parameter("output_size", "The spatial size wanted; null keeps that axis.", A_SIZE_OR_LIKE, ("output_shape",)),
    Parameter("declared_output", "The shape that comes out.", A_SHAPE, ("output_shape",)),
    Parameter(
        "declared_outputs", "The shapes that come out, one for each output.", "a list of shapes", ("output_shapes",)
    ),
    Parameter("ceil_mode", "Whether the number of windows is rounded up.", A_FLAG),
    Parameter("count_include_pad", "Whether an average counts padding.", A_FLAG),
    Parameter(
        "divisor_override", "What an average divides by instead of its window's size.", "an integer other than 0"
    ),
    Parameter("norm_type", "The power of a norm or an LP pool.", "a number other than 0", ("p", "ord")),
    Parameter("depth_multiplier", "Output channels for each input channel.", A_COUNT),
    Parameter(
        "scale_factor",
        "How many times as long each axis becomes.",
        "a number above 0, or one per axis",
        ("upscale_factor", "downscale_factor"),
    ),
    Parameter("size", "The spatial size wanted.", A_SIZE_OR_LIKE),
    Parameter("to", "The spatial size to pad or crop to, half on each side.", A_SIZE_OR_LIKE),
    Parameter("align_corners", "Accepted and ignored: shapes do not depend on it.", A_FLAG),
    Parameter(
        "shape",
        "The shape wanted, all axes; one size may be -1.",
        "a list of integers of at least 1, one of them -1 at most",
        ("target_shape",),
    ),
    Parameter("dims", "The axes that are meant; of a permutation all of them, in the order of the output.", AXES),
    Parameter("allowzero", "Whether 0 is a size; else it is the input's size at that place (ONNX).", A_FLAG),
    Parameter("num_groups", "Groups of channels normalised together; -1 for one a channel.", A_COUNT),
    Parameter("num_channels", "Channels of the input.", A_COUNT),
    Parameter("normalized_shape", "The last axes' sizes.", "an integer of at least 1, or a list of them"),
    Parameter("elementwise_affine", "Whether there is a trained scale and shift for each element.", A_FLAG),
    Parameter("keepdims", "Whether the axes that are reduced stay, at size 1.", A_FLAG, ("keepdim",)),
    Parameter("axis", "The axis that is meant: of the channels, or the first of those to flatten.", AN_INDEX),
    Parameter("return_indices", "Whether the places of the maxima come out too, as a second output.", A_FLAG),
    Parameter(
        "mode",
        "What padding is filled with, or how positions are interpolated.",
        "one of the modes of its layer",
        ("interpolation",),
    ),
    Parameter("value", "What constant padding is filled with.", A_NUMBER),
    Parameter("start_dim", "First axis to flatten.", AN_INDEX),
    Parameter("end_dim", "Last axis to flatten.", AN_INDEX),
    Parameter("dim", "The axis to work along.", AN_INDEX, ("axis",)),
    Parameter("in_features", "Size of the input's last axis.", A_COUNT),
    Parameter("out_features", "Size of the output's last axis.", A_COUNT, ("units",)),
    Parameter("num_features", "Channels of the input.", A_COUNT),
    Parameter("eps", "Added to the variance before the division.", A_NUMBER, ("epsilon",)),
    Parameter("momentum", "Weight of the newest batch in the running statistics; null averages them all.", A_NUMBER),
    Parameter("affine", "Whether there is a trainable scale and shift a channel.", A_FLAG),
    Parameter("center", "Whether there is a trained shift a channel, whatever `affine` says.", A_FLAG),
    Parameter("scale", "Whether there is a trained scale a channel, whatever `affine` says.", A_FLAG),
    Parameter("rms_scaling", "Whether the mean is left as it is, and nothing shifted.", A_FLAG),
    Parameter("track_running_stats", "Whether running statistics are kept.", A_FLAG),
    Parameter("p", "Probability of dropping an element.", "a number from 0 to 1", ("rate",)),
    Parameter("return_mask", "Whether what says which elements were kept comes out too.", A_FLAG),
    Parameter(
        "inplace", "Whether the output takes the place of the first input, whose shape it then must have.", A_FLAG
    ),
    Parameter("negative_slope", "Slope below zero.", A_NUMBER),
    Parameter("alpha", "Scale of the part below zero.", A_NUMBER),
    Parameter("approximate", "How the error function is computed.", '"none" or "tanh"'),
    Parameter("num_parameters", "Trainable slopes: 1, or one a channel.", A_COUNT),
    Parameter("shared_axes", "Axes along which all elements share a slope (Keras).", "a list of axis indices"),
    Parameter("init", "The slope before training.", A_NUMBER),
    Parameter("min_val", "Lower bound.", A_NUMBER),
    Parameter("max_val", "Upper bound.", A_NUMBER),
)
