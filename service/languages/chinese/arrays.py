"""Posted arrays, and limits."""

from collections.abc import Mapping, Sequence

from service.languages.forms import Row

ROWS: Mapping[str, Sequence[Row]] = {
    "not-an-array": (
        ("`{name}` is {value}: {rest}", "`{name}` 是 {value}：{rest}"),
        ("post a nested list of numbers, all rows of one length", "请提交嵌套的数的列表，各行长度相同"),
    ),
    "array-size-mismatch": (
        (
            "a shape of {shape} needs {needed} numbers, but there are {given}",
            "形状 {shape} 需要 {needed} 个数，但有 {given} 个",
        ),
        (
            "a shape of {shape} needs {needed} bytes, but there are {given}",
            "形状 {shape} 需要 {needed} 字节，但有 {given} 字节",
        ),
        ("make shape and data agree", "使形状与数据一致"),
    ),
    "non-finite-number": (
        ("{what} holds NaN or infinity, which JSON cannot carry", "{what} 含有 NaN 或无穷大，JSON 无法表示"),
        (
            "use base64, or .npy parts of multipart/form-data with an .npy answer",
            "使用 base64，或用 multipart/form-data 提交 .npy 并要求 .npy 的答复",
        ),
    ),
    "integer-overflow": (
        ("the result holds {value}, which does not fit {dtype}", "结果中有 {value}，超出 {dtype} 的范围"),
        ("post floating-point numbers", "请提交浮点数"),
    ),
    "array-rank-mismatch": (
        (
            "`{name}` has {count} <axis|axes>, but `{layer}` takes {wanted} axes",
            "`{name}` 有 {count} 个轴，但 `{layer}` 接受 {wanted} 个轴",
        ),
        (
            "`{name}` has {count} <axis|axes>, but `{layer}` takes {wanted} spatial axes",
            "`{name}` 有 {count} 个轴，但 `{layer}` 接受 {wanted} 个空间轴",
        ),
        (
            "`{name}` has {count} <axis|axes>, but `{layer}` takes {wanted} axes beside this input",
            "`{name}` 有 {count} 个轴，但配合该输入 `{layer}` 接受 {wanted} 个轴",
        ),
        (
            "`{name}` has {count} <axis|axes>, but `{layer}` takes {own} axes, or {wanted}, beside this input",
            "`{name}` 有 {count} 个轴，但配合该输入 `{layer}` 接受 {own} 个轴，或 {wanted} 个",
        ),
        (
            "`{name}` has {count} <axis|axes>, but `{layer}` takes {first}, {second} or {third} axes",
            "`{name}` 有 {count} 个轴，但 `{layer}` 接受 {first}、{second} 或 {third} 个轴",
        ),
        (
            "`{name}` has {count} <axis|axes>, but `{layer}` takes a layer type that names its rank",
            "`{name}` 有 {count} 个轴，但 `{layer}` 须换成写明维数的层类型",
        ),
        (
            "give `{name}` the axes that the layer works on, or name the rank: `{type}`",
            "使 `{name}` 的轴数符合该层的要求，或写明维数：`{type}`",
        ),
    ),
    "weight-mismatch": (
        ("`{parameter}` is {given}, but the weight says {known}", "`{parameter}` 为 {given}，但由权重可知为 {known}"),
    ),
    "bias-mismatch": (
        (
            "`bias` has the shape {shape}, but there are {channels} output channels",
            "`bias` 的形状为 {shape}，但有 {channels} 个输出通道",
        ),
        ("post a bias of {channels} numbers", "请提交含 {channels} 个数的偏置"),
    ),
    "operand-missing-or-unused": (
        ("`{layer}` needs a `{name}`", "`{layer}` 需要 `{name}`"),
        ("`{layer}` takes no `{name}`", "`{layer}` 不接受 `{name}`"),
    ),
    "position-out-of-range": (
        (
            "the position {position} is not in an output of shape {shape}",
            "位置 {position} 不在形状为 {shape} 的输出中",
        ),
        (
            "give one index per axis of the output, each from {least}",
            "为输出的每个轴给出一个索引，各从 {least} 起",
        ),
    ),
    "bad-npy": (
        ("`{name}` has the type {type}, which is not accepted", "`{name}` 的类型 {type} 不被接受"),
        ("`{name}` has the type of a structure, which is not accepted", "`{name}` 为结构类型，不被接受"),
        ("`{name}` has an invalid shape", "`{name}` 的形状无效"),
        ("`{name}` has an unknown format version", "`{name}` 的格式版本未知"),
        ("`{name}` is not an .npy file", "`{name}` 不是 .npy 文件"),
        ("`{name}` not base64", "`{name}` 不是 base64"),
        ("write it with numpy.save, as one of the accepted types", "用 numpy.save 写出，类型须为可接受的类型之一"),
    ),
    "algorithm-not-applicable": (
        ("`{name}` cannot compute this layer: it is for {condition}", "`{name}` 不能计算该层：它用于 {condition}"),
        ("leave `{member}` out, or ask for `{other}`", "省略 `{member}`，或指定 `{other}`"),
    ),
    "too-large": (
        (
            "{what} is {figure}, above the limit of {limit} (`{name}`)",
            "{what} 为 {figure}，超过上限 {limit}（`{name}`）",
        ),
        ("ask for less in one request", "减小单次请求的规模"),
    ),
}

FRAGMENTS: Sequence[Row] = (
    ("not a list of numbers", "不是数的列表"),
    ("not a flat list", "不是一维列表"),
    ("not base64", "不是 base64"),
    ("of shape {shape}, not {wanted}", "形状为 {shape}，而不是 {wanted}"),
    ("it has no elements", "没有元素"),
    ("{depth} levels deep, more than {most}", "嵌套 {depth} 层，多于 {most} 层"),
    ("its rows differ in length or depth", "各行的长度或深度不同"),
    ("it holds integers that no type holds", "含有任何类型都容纳不下的整数"),
    ("it holds integers that no type holds together", "含有任何一种类型都无法同时容纳的整数"),
    ("not all of it are numbers", "其中有不是数的值"),
    ("not all of it fits {dtype}", "其中有超出 {dtype} 范围的值"),
    ("transposed convolutions in floats", "浮点数的转置卷积"),
    (
        "{kernel} kernels with stride {stride}, one group and no padding",
        "{kernel} 卷积核、步幅为 {stride}、单组且无填充的卷积",
    ),
    (
        "floats that are finite and not enormous, and inputs of a few million elements",
        "有限且不过大的浮点数，以及至多几百万个元素的输入",
    ),
    ("every convolution", "所有卷积"),
    ("every transposed convolution", "所有转置卷积"),
    (
        "{kernel} kernels without stride and dilation, one group, floats that are finite and not enormous, and"
        ' `"precision": "fast"`',
        '无步幅、无膨胀的 {kernel} 卷积核，单组，有限且不过大的浮点数，以及 `"precision": "fast"`',
    ),
    (
        "two or three axes, {least} to {most} kernel elements along the first and no more than {others} along the"
        " others, stride {stride}, one group, at least {channels} channels and filters, floats that are finite and not"
        " enormous",
        "两个或三个轴，卷积核沿第一轴有 {least} 到 {most} 个元素、沿其余轴不超过 {others} 个，步幅为 {stride}，单组，"
        "至少 {channels} 个通道和卷积核，以及有限且不过大的浮点数",
    ),
    (
        "layers that it computes faster: here it would take about {seconds} s",
        "它能更快计算的层：此处约需 {seconds} 秒",
    ),
    ("the number of elements of the output", "输出的元素个数"),
    ("the number of elements of `{name}`", "`{name}` 的元素个数"),
    ("the number of elements of padded copies", "填充后副本的元素个数"),
    ("the number of elements of a window to explain", "要解释的窗口的元素个数"),
    ("the number of items", "条目数"),
    ("the number of layers", "层数"),
    ("the number of layers of all items", "所有条目的总层数"),
    ("the number of layers times outputs to look through", "要检查的层数与输出数之积"),
    ("the number of inputs of all layers", "所有层的输入总数"),
    ("the number of positions", "位置数"),
    ("the number of sizes in `{name}`", "`{name}` 中的大小个数"),
    ("the number of outputs of layers to try", "要尝试的层输出数"),
    ("the number of outputs of {layers} <layer|layers>", "{layers} 层的输出数"),
    (
        "the number of outputs of {layers} <layer|layers>, and of all networks before,",
        "{layers} 层及之前所有网络的输出数",
    ),
    ("the number of bytes of the model", "模型的字节数"),
    ("the work, in multiply-accumulates,", "以乘加次数计的计算量"),
)
