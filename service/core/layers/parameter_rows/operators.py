"""Parameters of operators: arithmetic, functions, reductions, products, look-ups."""

from service.core.layers.parameter_rows.row import A_COUNT, A_FLAG, A_NUMBER, Parameter

ROWS = (
    Parameter("other", "A number in place of an input: that which is not named.", A_NUMBER, ("value", "exponent")),
    Parameter("reversed", "Whether `other` is the first operand, as in `1 - x`.", A_FLAG),
    Parameter(
        "align", "Which axes of inputs of unlike rank meet: the last, or those after the batch.", '"last" or "batch"'
    ),
    Parameter("rounding_mode", "How a quotient is rounded.", '"trunc" or "floor"'),
    Parameter("min", "Lower bound.", A_NUMBER, ("x_min", "a_min", "clip_value_min")),
    Parameter("max", "Upper bound.", A_NUMBER, ("x_max", "a_max", "clip_value_max")),
    Parameter("dtype", "The type of the numbers, of which shapes do not depend.", "the name of a type, or its number"),
    Parameter("decimals", "Digits kept behind the point.", "an integer"),
    Parameter("max_value", "Upper bound.", "a number of at least 0"),
    Parameter("threshold", "The value up to which the result is 0, or `value`.", A_NUMBER),
    Parameter("replacement", "The result up to the threshold.", A_NUMBER, ("value",)),
    Parameter("lambd", "Half the width of the interval that becomes 0.", A_NUMBER, ("lambda_", "lambd_")),
    Parameter("lower", "The least slope below zero.", A_NUMBER),
    Parameter("upper", "The largest slope below zero.", A_NUMBER),
    Parameter("beta", "A factor or a power of the function.", A_NUMBER),
    Parameter("k", "How many are taken, or the constant of a local response normalisation.", A_NUMBER),
    Parameter("correction", "Taken from the number of values before the division.", A_NUMBER, ("ddof",)),
    Parameter("unbiased", "Whether `correction` is 1 (true) or 0 (false).", A_FLAG),
    Parameter("largest", "Whether the largest are taken, not the smallest.", A_FLAG),
    Parameter("sorted", "Whether those that are taken are sorted.", A_FLAG),
    Parameter("descending", "Whether the largest come first.", A_FLAG),
    Parameter("stable", "Whether equal ones keep their order.", A_FLAG),
    Parameter("exclusive", "Whether a sum leaves out the element at its own place.", A_FLAG),
    Parameter("from_the_end", "Whether sums begin at the end.", A_FLAG, ("reverse",)),
    Parameter("equation", "Letters for the axes of each input, and of the output.", 'text such as "bij,bjk->bik"'),
    Parameter(
        "contracted",
        "The axes that are summed over: how many, or which of each input.",
        "an integer, or a list of one or two lists of axes",
        ("dims", "axes"),
    ),
    Parameter("transpose_first", "Whether the first matrix is transposed.", A_FLAG, ("transA",)),
    Parameter("transpose_second", "Whether the second matrix is transposed.", A_FLAG, ("transB",)),
    Parameter("normalize", "Whether vectors are scaled to length 1 first.", A_FLAG),
    Parameter("in1_features", "Size of the first input's last axis.", A_COUNT),
    Parameter("in2_features", "Size of the second input's last axis.", A_COUNT),
    Parameter("num_embeddings", "How many vectors there are to choose from.", A_COUNT, ("input_dim",)),
    Parameter("embedding_dim", "Size of a vector.", A_COUNT, ("output_dim", "features")),
    Parameter("padding_idx", "The vector that is not trained; shapes do not depend on it.", "an integer index"),
    Parameter("num_classes", "Values that there are; -1 is as many as occur.", A_COUNT, ("depth",)),
    Parameter("indices", "The positions that are taken, where no input gives them.", "an integer, or a list of them"),
)
