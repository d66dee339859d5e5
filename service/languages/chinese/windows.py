"""Windows: kernels, strides, padding, dilation, and the sizes that come out."""

from collections.abc import Mapping, Sequence

from service.languages.forms import Row

ROWS: Mapping[str, Sequence[Row]] = {
    "kernel-larger-than-input": (
        (
            "the window spans {window} positions on axis {index}, but the input has only {size}",
            "窗口在第 {index} 轴上覆盖 {window} 个位置，但输入只有 {size} 个",
        ),
        (
            "the window spans {window} positions on axis {index}, but the padded input has only {padded} ({size} +"
            " {before} + {after})",
            "窗口在第 {index} 轴上覆盖 {window} 个位置，但填充后的输入只有 {padded} 个（{size} + {before} + {after}）",
        ),
        (
            "use a smaller kernel, more padding, or fewer reductions before",
            "减小卷积核，增加填充，或减少之前的下采样",
        ),
    ),
    "empty-output": (
        ("the output size on axis {index} is {output}: {formula}", "第 {index} 轴的输出大小为 {output}：{formula}"),
        ("use a smaller kernel or more padding", "减小卷积核或增加填充"),
        ("make {spelled} larger, or make the input larger", "增大 {spelled}，或增大输入"),
        ("make {spelled} smaller, or make the input larger", "减小 {spelled}，或增大输入"),
        ("crop less, or make the input larger", "少裁剪一些，或增大输入"),
    ),
    "padding-not-supported": (
        (
            "{framework}'s {layer} takes {spelled} by name without {dilation} only",
            "{framework} 的 {layer} 仅在没有 {dilation} 时才接受以名称给出的 {spelled}",
        ),
        ('{framework}\'s {layer} takes no {spelled} "{name}"', '{framework} 的 {layer} 不接受 {spelled} "{name}"'),
        (
            '{framework}\'s {layer} takes {spelled} "{name}" with stride 1 only, but {stride} is {value}',
            '{framework} 的 {layer} 仅在步幅为 1 时接受 {spelled} "{name}"，但 {stride} 为 {value}',
        ),
        (
            "{framework}'s {layer} takes {spelled} by name only, not {value}",
            "{framework} 的 {layer} 的 {spelled} 只接受名称，不接受 {value}",
        ),
        (
            "{framework}'s {layer} pads both ends alike, but axis {index} has {before} before and {after} after",
            "{framework} 的 {layer} 对两端的填充必须相同，但第 {index} 轴前端为 {before}，后端为 {after}",
        ),
    ),
    "padding-exceeds-half-kernel": (
        (
            "{spelled} is {amount} on axis {index}, more than half of {kernel} {size}",
            "{spelled} 在第 {index} 轴上为 {amount}，超过 {kernel} {size} 的一半",
        ),
        (
            "give {spelled} at most {limit}, or a larger kernel",
            "将 {spelled} 设为至多 {limit}，或增大池化窗口",
        ),
    ),
    "padding-covers-kernel": (
        (
            "{spelled} is {amount} on axis {index}, not below {kernel} {size}",
            "{spelled} 在第 {index} 轴上为 {amount}，不小于 {kernel} {size}",
        ),
        (
            "give {spelled} at most {limit} there, or a larger kernel",
            "将该轴的 {spelled} 设为至多 {limit}，或增大池化窗口",
        ),
    ),
    "padding-exceeds-input": (
        (
            "{spelled} crops {cropped} positions of axis {index}, which has {size}",
            "{spelled} 在第 {index} 轴上裁掉 {cropped} 个位置，而该轴只有 {size} 个",
        ),
        ("crop at most {most} there", "该轴至多裁掉 {most} 个"),
        (
            "`{mode}` padding of {amount} on axis {index} exceeds {most}, the most that an input of {size} can give",
            "第 {index} 轴上 {amount} 的 `{mode}` 填充超过 {most}，即大小为 {size} 的输入所能提供的最大值",
        ),
        ("pad at most {most} there, or with another mode", "该轴至多填充 {most}，或改用其他填充模式"),
        (
            "{spelled} crops more than the {size} positions of axis {index} of the dilated input",
            "{spelled} 裁掉的位置多于插空后输入第 {index} 轴的 {size} 个位置",
        ),
        ("crop less", "少裁剪一些"),
    ),
    "output-padding-out-of-range": (
        (
            "{spelled} is {value} on axis {index}, outside {least} to {most}",
            "{spelled} 在第 {index} 轴上为 {value}，不在 {least} 到 {most} 之间",
        ),
        ("give it from {least} to {most} there", "将该轴的值设在 {least} 到 {most} 之间"),
        (
            '{spelled} is {value} beside "{name}" and an even window of {window}',
            '{spelled} 为 {value}，同时使用 "{name}" 和大小为 {window} 的偶数窗口',
        ),
        ("leave {spelled} out, or give it 1 or more", "省略 {spelled}，或将其设为 1 以上"),
        (
            "{spelled} is {value} on axis {index}, not below the stride {limit}",
            "{spelled} 在第 {index} 轴上为 {value}，不小于步幅 {limit}",
        ),
        (
            "{spelled} is {value} on axis {index}, not below the stride or dilation {limit}",
            "{spelled} 在第 {index} 轴上为 {value}，不小于步幅和膨胀率中的较大者 {limit}",
        ),
        ("give it at most {limit} there", "将该轴的值设为至多 {limit}"),
    ),
    "stride-with-dilation": (
        (
            "{stride} is {strides} and {dilation} is {dilations}; {framework} takes only one of them above 1",
            "{stride} 为 {strides}，{dilation} 为 {dilations}；{framework} 只允许其中一个大于 1",
        ),
        ("set {dilation} or {stride} to 1", "将 {dilation} 或 {stride} 设为 1"),
    ),
    "padding-meets-itself": (
        (
            "{added} positions wrap around axis {index}, which has {output} after cropping: the copy overlaps what it"
            " copies",
            "第 {index} 轴有 {added} 个位置循环填充，而裁剪后该轴只有 {output} 个：复制的区域与被复制的区域重叠",
        ),
        (
            "{added} positions wrap around axis {index}, which has {output} after cropping: the copy overlaps what it"
            " copies, which {framework} refuses",
            "第 {index} 轴有 {added} 个位置循环填充，而裁剪后该轴只有 {output} 个：复制的区域与被复制的区域重叠，"
            "{framework} 会拒绝",
        ),
        ("crop in a layer of its own, before", "在之前用单独的一层裁剪"),
    ),
    "ambiguous-padding": (
        (
            "{spelled} {value} is {own} with an amount per axis, and {theirs} with {form}",
            "{spelled} {value} 若每轴一个值则为 {own}，若按 {form} 则为 {theirs}",
        ),
        ("write the pairs: {own} or {theirs}", "写成成对的形式：{own} 或 {theirs}"),
    ),
    "unread-input": (
        (
            "position {last} of axis {index} is never read: ({padded} - {window}) / {stride} is not whole, so it is"
            " floored to {floor}",
            "第 {index} 轴的位置 {last} 从未被读取：({padded} - {window}) / {stride} 不是整数，向下取整为 {floor}",
        ),
        (
            "positions {first} to {last} of axis {index} are never read: ({padded} - {window}) / {stride} is not whole,"
            " so it is floored to {floor}",
            "第 {index} 轴的位置 {first} 到 {last} 从未被读取：({padded} - {window}) / {stride} 不是整数，向下取整为"
            " {floor}",
        ),
        (
            "give the input {size} positions there, or pad it by {more} more",
            "使输入在该轴有 {size} 个位置，或再填充 {more} 个",
        ),
    ),
    "padding-only-window": (
        (
            "the first window on axis {index} spans {window} positions, all of them in the padding ({before} before,"
            " {after} after)",
            "第 {index} 轴的第一个窗口覆盖 {window} 个位置，全部落在填充中（前 {before}，后 {after}）",
        ),
        (
            "the last window on axis {index} spans {window} positions, all of them in the padding ({before} before,"
            " {after} after)",
            "第 {index} 轴的最后一个窗口覆盖 {window} 个位置，全部落在填充中（前 {before}，后 {after}）",
        ),
        ("pad less than {window} there", "该轴的填充须小于 {window}"),
        (
            "ask for a smaller output, use a larger kernel, or enlarge the input by another layer",
            "要求更小的输出，使用更大的卷积核，或用另一层扩大输入",
        ),
        (
            "{count} of the {listed} solutions listed <pads|pad> by as much as the window spans or more, so that some"
            " windows see nothing but padding: {shown}",
            "列出的 {listed} 个解中有 {count} 个的填充不小于窗口跨度，使某些窗口只看到填充：{shown}",
        ),
        ("keep `bounds` of `padding` below the window", "使 `padding` 的 `bounds` 小于窗口"),
    ),
    "checkerboard": (
        (
            "{spelled} {kernel} is not a multiple of {word} {stride} on axis {index}: outputs are sums of {fewer} or"
            " {more} inputs",
            "{spelled} {kernel} 在第 {index} 轴上不是 {word} {stride} 的倍数：各输出是 {fewer} 个或 {more} 个输入之和",
        ),
        ("set {spelled} to {multiples}, and the padding to match", "将 {spelled} 设为 {multiples}，并相应调整填充"),
    ),
    "even-kernel-padding": (
        (
            "{spelled} {amount} on both ends of axis {index} makes {output} of {size}: a window of {window} keeps the"
            " size with {less} and {more}",
            "{spelled} {amount} 填在第 {index} 轴的两端，使 {size} 变为 {output}：窗口为 {window} 时，要保持尺寸两端"
            "应为 {less} 和 {more}",
        ),
        (
            "use an odd kernel, or pad axis {index} by {less} before and {more} after",
            "使用奇数大小的卷积核，或在第 {index} 轴前填充 {less}、后填充 {more}",
        ),
    ),
    "same-padding-with-dilation": (
        (
            "{spelled} {raw_name} stands beside a dilation of {dilation}: {runtime} refuses it",
            "{spelled} {raw_name} 与膨胀率 {dilation} 同时使用：{runtime} 会拒绝",
        ),
        (
            "{spelled} {raw_name} stands beside a dilation of {dilation}: {runtime} {odd}",
            "{spelled} {raw_name} 与膨胀率 {dilation} 同时使用：{runtime} {odd}",
        ),
        ("give {instead} in its place, which computes the same", "改为给出 {instead}，计算结果相同"),
    ),
    "dilation-gridding": (
        (
            "the dilation is {dilation} on axis {axis}, as in `{other}` before: together they read every"
            " {step}<nd|rd|th> position only",
            "第 {axis} 轴的膨胀率为 {dilation}，与之前的 `{other}` 相同：它们合起来每 {step} 个位置只读取一个",
        ),
        (
            "use dilations that have no common factor, such as 1, 2 and 5",
            "使用没有公因数的膨胀率，例如 1、2 和 5",
        ),
        ("`{other}` has the same dilation", "`{other}` 的膨胀率相同"),
    ),
    "receptive-field-exceeds-input": (
        (
            "only {read} of the kernel's {kernel} positions ever <meets|meet> the input, not just padding: what arrives"
            " is {arriving}, and what comes out sees {sizes} pixels of an input of {inputs}",
            "卷积核的 {kernel} 个位置中只有 {read} 个会碰到输入，其余只碰到填充：传入的大小为 {arriving}，而输出的"
            "感受野为 {sizes} 像素，输入为 {inputs}",
        ),
        ("use a larger input, or smaller strides before", "增大输入，或减小之前各层的步幅"),
    ),
    "unreachable-output-size": (
        (
            "an output of {wanted} on axis {axis} is out of reach: with any padding it is at least {bound}",
            "第 {axis} 轴的输出无法为 {wanted}：无论怎样填充，至少为 {bound}",
        ),
        (
            "an output of {wanted} on axis {axis} is out of reach: with any padding it is at most {bound}",
            "第 {axis} 轴的输出无法为 {wanted}：无论怎样填充，至多为 {bound}",
        ),
        (
            "ask for at least {bound}, or change the kernel or the stride",
            "要求至少 {bound}，或更改卷积核或步幅",
        ),
        (
            "ask for at most {bound}, or change the kernel or the stride",
            "要求至多 {bound}，或更改卷积核或步幅",
        ),
    ),
    "frameworks-disagree": (
        ("{first} and {second} disagree: {what}", "{first} 与 {second} 不一致：{what}"),
        ("write the layer as `written` shows it there", "按该处 `written` 所示书写该层"),
    ),
    "not-supported-by-framework": (
        ("{framework} has no layer like `{type}`", "{framework} 没有 `{type}` 这样的层"),
        ("use a layer that it has, or another framework", "使用该框架具有的层，或换一个框架"),
        ("{framework}'s {layer} has no {spelled}", "{framework} 的 {layer} 没有 {spelled}"),
        (
            "{framework}'s {layer} pads with zeros only, not `{mode}`",
            "{framework} 的 {layer} 只能用零填充，不支持 `{mode}`",
        ),
        ("{framework} pads with a constant only, not `{mode}`", "{framework} 只能用常数填充，不支持 `{mode}`"),
        ("{framework} pads with the modes {modes}, not `{mode}`", "{framework} 的填充模式是 {modes}，不支持 `{mode}`"),
        ("{framework} pads with 0 only, not {value}", "{framework} 只能用 0 填充，不支持 {value}"),
        ("{framework}'s `{layer}` takes one axis, not {axes}", "{framework} 的 `{layer}` 只接受一个轴，不接受 {axes}"),
        ("{framework} has no interpolation `{mode}`", "{framework} 没有插值方式 `{mode}`"),
        (
            "{framework} interpolates images only: {count} spatial axes",
            "{framework} 只对图像插值：须有 {count} 个空间轴",
        ),
        (
            "{framework} flattens into two axes and has no {spelled}",
            "{framework} 总是展平为两个轴，没有 {spelled}",
        ),
        (
            "{framework}'s {layer} cannot keep an axis: {spelled} is null",
            "{framework} 的 {layer} 不能保留某个轴：{spelled} 为 null",
        ),
        ("{framework}'s recurrent layers have no {spelled}", "{framework} 的循环层没有 {spelled}"),
        (
            "{spelled} is true, but the layer must read forwards: its copy reads backwards",
            "{spelled} 为 true，但该层必须正向读取：反向读取的是它的副本",
        ),
        (
            "`{type}` does not read a sequence step by step, so it has no other direction",
            "`{type}` 不是逐步读取序列，因此没有另一个方向",
        ),
        ("give a recurrent layer", "给出一个循环层"),
        (
            "`{type}` has no single weight that `{wrapper}` could compute",
            "`{type}` 没有可由 `{wrapper}` 计算的单个权重",
        ),
        ("give a convolution or a linear layer", "给出卷积层或线性层"),
        ("{framework} takes no tensor as an index", "{framework} 不接受张量作为索引"),
        ("use `gather`", "使用 `gather`"),
    ),
}

FRAGMENTS: Sequence[Row] = (
    ("adaptive pooling", "自适应池化"),
    ("global pooling", "全局池化"),
    ("leaves the dilation out of it", "计算填充时不计膨胀率"),
    ("amounts", "具体的数值"),
    ("two per axis as ONNX has them, all begins and then all ends", "ONNX 的顺序（每轴两个，先全部起端，后全部末端）"),
    ("two per axis in the order of F.pad, the last axis first", "F.pad 的顺序（每轴两个，从最后一轴开始）"),
    ("before and after of the only axis", "唯一一轴的前后"),
    (
        "the size is {first} in one and {second} in the other",
        "前者的大小为 {first}，后者为 {second}",
    ),
    ("the shape is the same in both, the values are not", "两者形状相同，数值不同"),
    ("the size is {size} in both, the values are not", "两者大小均为 {size}，数值不同"),
)
