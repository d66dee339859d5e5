"""Shapes that must go together: axes, branches, products, structure."""

from collections.abc import Mapping, Sequence

from service.languages.forms import Row

ROWS: Mapping[str, Sequence[Row]] = {
    "rank-mismatch": (
        (
            "`{type}` has {count} spatial <axis|axes>, but the size has {given}",
            "`{type}` 有 {count} 个空间轴，但给出的大小有 {given} 个",
        ),
        ("give one size, or {count}", "给出一个大小，或 {count} 个"),
        (
            "`{type}` takes inputs of {accepted} axes, but {source} has {count}",
            "`{type}` 接受 {accepted} 轴的输入，但 {source} 有 {count} 轴",
        ),
        ("give it an input of {accepted} axes, or use another layer", "给它 {accepted} 轴的输入，或改用其他层"),
        (
            "{spelled} has {count} <entry|entries>, but there <is|are> {axes} spatial <axis|axes>",
            "{spelled} 有 {count} 项，但有 {axes} 个空间轴",
        ),
        ("give {spelled} one entry per axis", "为 {spelled} 的每个轴给出一项"),
        ("use a layer that takes {count} <axis|axes>", "改用接受 {count} 轴输入的层"),
        ("give the input {missing}, so that {shape} arrives here", "给输入补上 {missing}，使传到此处的形状为 {shape}"),
        (
            "take <axis|axes> {single} out, so that {shape} arrives here",
            "去掉第 {single} 轴，使传到此处的形状为 {shape}",
        ),
        ("take {count} <axis|axes> out of what arrives", "从输入中去掉 {count} 个轴"),
        ("give the inputs the axes that the layer takes", "使输入的轴数符合该层的要求"),
        ("give the weight the axes that the layer takes", "使权重的轴数符合该层的要求"),
        ("give both inputs the same axes", "使两个输入的轴数相同"),
        (
            "`{type}` takes {wanted}, but the inputs are {first} and {second}",
            "`{type}` 接受 {wanted}，但输入为 {first} 和 {second}",
        ),
        ("use a product for these axes, or reshape the inputs", "使用适合这些轴的乘法，或重塑输入"),
        (
            "`{type}` takes a weight of {wanted} axes, but it is {shape}",
            "`{type}` 接受 {wanted} 轴的权重，但其形状为 {shape}",
        ),
        (
            "`{type}` takes vectors of {wanted} axes, but they are {shape}",
            "`{type}` 接受 {wanted} 轴的向量表，但其形状为 {shape}",
        ),
        (
            "`{type}` takes one index of a single number, but gets {shape}",
            "`{type}` 对单个数只接受一个索引，但得到 {shape}",
        ),
        ("`{type}` takes a list of indices, but they are {shape}", "`{type}` 接受索引的列表，但其形状为 {shape}"),
        ("the indices {indices} have other axes than {shape}", "索引 {indices} 的轴数与 {shape} 不同"),
        (
            "`{type}` takes `[..., in]` and `[out, in]`, but gets {first} and {second}",
            "`{type}` 接受 `[..., in]` 和 `[out, in]`，但得到 {first} 和 {second}",
        ),
        (
            "the inputs are {first} and {second}, which differ in their axes",
            "输入为 {first} 和 {second}，轴数不同",
        ),
        ("the branches {shapes} have {counts} axes", "各分支 {shapes} 分别有 {counts} 个轴"),
    ),
    "branch-shape-mismatch": (
        ("the branches {shapes} do not broadcast", "各分支 {shapes} 不能广播"),
        (
            "the branches {shapes} have {counts} axes, and `{type}` adds none",
            "各分支 {shapes} 分别有 {counts} 个轴，而 `{type}` 不会补轴",
        ),
        ("the branches have {counts} axes", "各分支分别有 {counts} 个轴"),
        ("the branches differ on axis {axis}: {sizes}", "各分支在第 {axis} 轴上不同：{sizes}"),
        (
            "change a stride, a padding or a number of channels on the way to one of the branches",
            "更改通往其中一个分支途中的步幅、填充或通道数",
        ),
        ("give both branches the same shape", "使两个分支的形状相同"),
        ("change the shape of one of the inputs", "更改其中一个输入的形状"),
        ("change what leads to one of the inputs", "更改通往其中一个输入的层"),
        (
            "the axes before the matrices do not go together: {first} and {second}",
            "矩阵之前的轴不相容：{first} 和 {second}",
        ),
        ("{added} is added to a product of shape {shape}", "{added} 要加到形状为 {shape} 的乘积上"),
        (
            "the indices have {count} positions on axis {axis}, where the input has {size}",
            "索引在第 {axis} 轴上有 {count} 个位置，而输入有 {size} 个",
        ),
        ("give at most {size} there", "该轴至多给出 {size} 个"),
        ("the bias is {shape}, and {wanted} comes out", "偏置为 {shape}，而输出为 {wanted}"),
        ("give a bias of {shape}", "给出 {shape} 的偏置"),
        (
            "the inputs {first} and {second} differ before their last axis",
            "输入 {first} 和 {second} 在最后一轴之前不同",
        ),
        ("give both inputs the same sizes there", "使两个输入在该处的大小相同"),
        (
            "input {index}, a scale or a zero point, is {shape}, but must be one number",
            "第 {index} 个输入（缩放系数或零点）为 {shape}，但必须是一个数",
        ),
        ("give one number", "给出一个数"),
        ("an input has fewer than two axes", "有输入的轴数少于两个"),
        ("heads cannot be shared where an input has no axis of heads", "输入没有头的轴时不能共享头"),
        ("there is a mask, and {spelled} is true", "给出了掩码，同时 {spelled} 为 true"),
        ("the earlier keys are {shape}, not {wanted}", "先前的键为 {shape}，而不是 {wanted}"),
        ("the earlier values are {shape}, not {wanted}", "先前的值为 {shape}，而不是 {wanted}"),
        ("the inputs have {counts} axes", "各输入分别有 {counts} 个轴"),
        ("the batches {sizes} differ", "批次大小 {sizes} 不同"),
        ("the inputs have three axes, but the numbers of heads are not said", "输入有三个轴，但没有给出头数"),
        ("the inputs do not have the numbers of heads that are said", "输入的头数与给出的不同"),
        ("keys have {keys} heads, but values {values}", "键有 {keys} 个头，但值有 {values} 个"),
        (
            "{keys} heads of keys do not divide {queries} heads of queries",
            "键的 {keys} 个头不能整除查询的 {queries} 个头",
        ),
        ("queries have {queries} features, but keys {keys}", "查询有 {queries} 个特征，但键有 {keys} 个"),
        ("there are {keys} keys, but {values} values", "有 {keys} 个键，但有 {values} 个值"),
        (
            "the inputs {shapes} do not broadcast before their last two axes",
            "输入 {shapes} 在最后两个轴之前不能广播",
        ),
        ("the mask {shape} does not broadcast to the scores {scores}", "掩码 {shape} 不能广播到得分 {scores}"),
        ("keys {keys} and values {values} differ before their features", "键 {keys} 和值 {values} 在特征轴之前不同"),
        (
            "axis {axis} has {queries} in the queries, but {keys} in the keys",
            "第 {axis} 轴在查询中为 {queries}，但在键中为 {keys}",
        ),
        ("{why}: {shapes}", "{why}：{shapes}"),
        ("{shape} does not broadcast with {other}", "{shape} 与 {other} 不能广播"),
        ("{shape} has more axes than {other}", "{shape} 的轴多于 {other}"),
        ("the indices {shapes} do not broadcast", "索引 {shapes} 不能广播"),
        ("give them one shape", "使它们的形状相同"),
    ),
    "branches-joined-along-batch": (
        ("the branches are joined along axis {axis}, the batch", "各分支沿第 {axis} 轴（批次轴）拼接"),
        (
            "the branches are joined along axis {axis}, the batch: {sizes} examples become {total}",
            "各分支沿第 {axis} 轴（批次轴）拼接：{sizes} 个样本变为 {total} 个",
        ),
        ("set {spelled} to {axis} if the channels were meant", "若本意是沿通道拼接，则将 {spelled} 设为 {axis}"),
    ),
    "element-count-mismatch": (
        (
            "{spelled} {sizes} does not hold the {total} elements of {shape}",
            "{spelled} {sizes} 容纳不了 {shape} 的 {total} 个元素",
        ),
        ("{sizes} does not hold the {total} elements of {shape}", "{sizes} 容纳不了 {shape} 的 {total} 个元素"),
        (
            "give sizes whose product is {total}; one of them may be -1",
            "给出乘积为 {total} 的大小；其中一个可为 -1",
        ),
        ("give inputs of as many elements", "给出元素个数相同的输入"),
    ),
    "in-place-changes-shape": (
        (
            "the result is {shape} and cannot take the place of {source}, which is {own}",
            "结果为 {shape}，不能原地写入 {source}（其形状为 {own}）",
        ),
        ("write the result as a new tensor", "将结果写成新的张量"),
    ),
    "inner-size-mismatch": (
        (
            "the product sums over {left} of the first and {right} of the second: {first} and {second}",
            "乘法求和的轴在第一个输入中为 {left}，在第二个输入中为 {right}：{first} 和 {second}",
        ),
        ("transpose the last two axes of the second input", "转置第二个输入的最后两个轴"),
        ("transpose the last two axes of the first input", "转置第一个输入的最后两个轴"),
        ("make the sizes that are summed over equal", "使求和的轴大小相同"),
    ),
    "equation-mismatch": (
        ("`{equation}` is no equation", "`{equation}` 不是等式"),
        (
            'write letters for the axes of each input, an arrow, and letters of them: "bij,bjk->bik"',
            '为每个输入的轴写字母，再写箭头和其中的字母："bij,bjk->bik"',
        ),
        (
            "`{equation}` has {count} inputs, and the layer has {inputs}",
            "`{equation}` 有 {count} 个输入，而该层有 {inputs} 个",
        ),
        ("write letters for each input, with commas between them", "为每个输入写字母，以逗号分隔"),
        ("`{equation}` has other axes than its inputs, which are {shapes}", "`{equation}` 的轴与其输入 {shapes} 不同"),
        ("write one letter for each axis, or `...` for several", "每个轴写一个字母，若干个轴可写 `...`"),
        ("`{letter}` is {sizes}", "`{letter}` 同时为 {sizes}"),
        ("give all axes called `{letter}` one size", "使所有记为 `{letter}` 的轴大小相同"),
        ("the axes under `...` do not broadcast: {shapes}", "`...` 所代表的轴不能广播：{shapes}"),
        ("change the shape of one of the inputs", "更改其中一个输入的形状"),
        (
            "`{equation}` has `...` and no such axes in its output: {framework} sums over letters only",
            "`{equation}` 有 `...`，但输出中没有这些轴：{framework} 只对字母求和",
        ),
        (
            "write `...` behind the arrow, or letters for these axes",
            "在箭头之后写 `...`，或为这些轴写字母",
        ),
    ),
    "batch-changed": (
        (
            "{shape} becomes {made}: {before} <example becomes|examples become> {after}, and so many results come out",
            "{shape} 变为 {made}：{before} 个样本变为 {after} 个，输出的结果也是这么多",
        ),
        (
            "{shape} becomes {made}: the batch of {batch} is on axis 1 now, but a reshape keeps the order of the"
            " elements, so that the examples are mixed",
            "{shape} 变为 {made}：大小为 {batch} 的批次现在位于第 1 轴，但重塑不改变元素的顺序，因此样本被混在一起",
        ),
        (
            "keep the batch: give {before} as the first size, or flatten from axis 1 on",
            "保留批次：将第一个大小设为 {before}，或从第 1 轴开始展平",
        ),
        ("keep the batch: name the axes to squeeze", "保留批次：指明要压缩的轴"),
        (
            "swap axes 0 and 1 by a `permute`, or keep the batch as the first size",
            "用 `permute` 交换第 0 轴和第 1 轴，或保持批次为第一个大小",
        ),
    ),
    "odd-size-before-skip": (
        (
            "the branches have the same size for an input of {here}, but not for {there}",
            "输入为 {here} 时各分支大小相同，但输入为 {there} 时不同",
        ),
        (
            "the branches have the same size for an input of {here}, but not for {there}; {other} works too",
            "输入为 {here} 时各分支大小相同，但输入为 {there} 时不同；{other} 也可以",
        ),
        (
            "pad or crop inputs to a size that works, or one of the branches to the other",
            "将输入填充或裁剪到可行的大小，或使一个分支与另一个一致",
        ),
    ),
    "nothing-left": (
        ("what comes out is {shape}: it holds nothing", "输出为 {shape}：其中没有元素"),
        (
            "output {number} of `{name}` is {shape}: it holds nothing",
            "`{name}` 的第 {number} 个输出为 {shape}：其中没有元素",
        ),
        ("check the bounds of the layer", "检查该层的范围参数"),
    ),
    "size-overflow": (
        (
            "axis {axis} of the output has 2^{power} positions or more; the most is 2^63 - 1",
            "输出的第 {axis} 轴有 2^{power} 个或更多位置；至多为 2^63 - 1",
        ),
        (
            "make strides, factors or repeats smaller, here or in the layers before",
            "减小此处或之前各层的步幅、因子或重复次数",
        ),
    ),
}

FRAGMENTS: Sequence[Row] = (
    ("its batch and its channels", "批次轴和通道轴"),
    ("its batch", "批次轴"),
    ("its channels", "通道轴"),
    ("use `{type}`", "改用 `{type}`"),
    ("{first} to {last}", "{first} 到 {last}"),
    ("inputs of {count} axes", "{count} 轴的输入"),
    ("factors of {count} axes", "{count} 轴的因子"),
    ("matrices", "矩阵"),
    ("matrices as factors", "矩阵因子"),
    ("a matrix and a vector", "一个矩阵和一个向量"),
    ("a matrix and a vector as factors", "一个矩阵和一个向量作为因子"),
    ("vectors", "向量"),
    ("axes to sum over that both inputs have, as many of each", "两个输入都有且数目相同的求和轴"),
    ("an axis of each input that exists and is not the batch", "每个输入中存在且不是批次轴的一个轴"),
    ("inputs of one axis or more", "一个轴以上的输入"),
)
