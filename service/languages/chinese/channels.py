"""Channels and features: those that layers are made for, and those that arrive."""

from collections.abc import Mapping, Sequence

from service.languages.forms import Row

ROWS: Mapping[str, Sequence[Row]] = {
    "channel-mismatch": (
        (
            "{spelled} is {declared}, but `{name}` produces {arriving} channels",
            "{spelled} 为 {declared}，但 `{name}` 输出 {arriving} 个通道",
        ),
        (
            "{spelled} is {declared}, but {source} has {arriving} channels",
            "{spelled} 为 {declared}，但 {source} 有 {arriving} 个通道",
        ),
        (
            "{spelled} is {declared}, but {source} has {arriving} channels: it is read as one example, without a batch:"
            " {shape}",
            "{spelled} 为 {declared}，但 {source} 有 {arriving} 个通道：它被当作不带批次轴的单个样本：{shape}",
        ),
        (
            "{spelled} is {declared}, but {source} has {arriving}: its shape is {shape}",
            "{spelled} 为 {declared}，但 {source} 有 {arriving} 个：其形状为 {shape}",
        ),
        ("set {spelled} to {count}, or to 1", "将 {spelled} 设为 {count} 或 1"),
        (
            "set {spelled} to {arriving}, or `{produced}` of `{name}` to {declared}",
            "将 {spelled} 设为 {arriving}，或将 `{name}` 的 `{produced}` 设为 {declared}",
        ),
        (
            "use `{lower}`, or `{produced}` of `{name}` to {declared}",
            "改用 `{lower}`，或将 `{name}` 的 `{produced}` 设为 {declared}",
        ),
        ("{arriving} channels come from here", "{arriving} 个通道来自此处"),
    ),
    "suspected-channels-last": (
        (
            "{spelled} is {declared}, but {source} [{shape}] has {arriving} channels on axis {here} and {channels} on"
            " axis {there}",
            "{spelled} 为 {declared}，但 {source} [{shape}] 在第 {here} 轴上有 {arriving} 个通道，在第 {there} 轴上有"
            " {channels} 个",
        ),
        (
            "the layer takes what arrives, but {source} [{shape}] has {arriving} channels on axis {here} and {channels}"
            " on axis {there}",
            "该层按实际输入取通道数，但 {source} [{shape}] 在第 {here} 轴上有 {arriving} 个通道，在第 {there} 轴上有"
            " {channels} 个",
        ),
        ("{framework} reads this as {raw_layout}", "{framework} 将其读作 {raw_layout}"),
    ),
    "groups-do-not-divide-channels": (
        (
            "{spelled} is {groups}, which does not divide {channels} input channels",
            "{spelled} 为 {groups}，不能整除 {channels} 个输入通道",
        ),
        (
            "{spelled} is {groups}, which does not divide {channels} output channels",
            "{spelled} 为 {groups}，不能整除 {channels} 个输出通道",
        ),
        ("use a number of groups that divides {known}", "选用能整除 {known} 的组数"),
    ),
    "missing-flatten": (
        (
            "{spelled} is {features}, the product of {sizes}, but {source} is not flattened: its last axis has {last}",
            "{spelled} 为 {features}，即 {sizes} 之积，但 {source} 未经展平：其最后一轴的大小为 {last}",
        ),
    ),
    "feature-mismatch": (
        (
            "{spelled} is {features}, but {source} has {arriving} features: its shape is {shape}",
            "{spelled} 为 {features}，但 {source} 有 {arriving} 个特征：其形状为 {shape}",
        ),
        (
            "{spelled} is {features}, but {source} has {arriving} features: its shape is {shape}, so that the batch is"
            " flattened too",
            "{spelled} 为 {features}，但 {source} 有 {arriving} 个特征：其形状为 {shape}，批次也被一并展平",
        ),
        (
            "{spelled} is {features}, but input {index} has {arriving} features: its shape is {shape}",
            "{spelled} 为 {features}，但第 {index} 个输入有 {arriving} 个特征：其形状为 {shape}",
        ),
        (
            "the weight {weight} takes {features} features, but {source} has {arriving}: its shape is {shape}",
            "权重 {weight} 接受 {features} 个特征，但 {source} 有 {arriving} 个：其形状为 {shape}",
        ),
        (
            "the layer takes {features} features of an input of shape {shape}",
            "该层要求 {features} 个特征，输入形状却为 {shape}",
        ),
        ("give a weight of as many features as arrive", "使权重的特征数与输入的特征数相同"),
    ),
    "indivisible-channels": (
        (
            "{spelled} is {value}, which does not divide {channels} channels",
            "{spelled} 为 {value}，不能整除 {channels} 个通道",
        ),
        (
            "{spelled} is {value}, but {channels} channels are no multiple of {divisor}",
            "{spelled} 为 {value}，但 {channels} 个通道不是 {divisor} 的倍数",
        ),
        ("give {spelled} a value that divides {channels}", "将 {spelled} 设为能整除 {channels} 的值"),
        ("give a number that divides {channels}", "给出能整除 {channels} 的数"),
        (
            "give the layer before a multiple of {divisor} channels, or another {spelled}",
            "使前一层的通道数为 {divisor} 的倍数，或更改 {spelled}",
        ),
    ),
    "indivisible-size": (
        (
            "{spelled} is {factor}, which does not divide {size} positions on axis {index}",
            "{spelled} 为 {factor}，不能整除第 {index} 轴的 {size} 个位置",
        ),
        (
            "pad or crop the axis, or give a factor that divides it",
            "填充或裁剪该轴，或给出能整除它的因子",
        ),
    ),
    "heads-do-not-divide": (
        ("{spelled} is {heads}, which does not divide {what} {size}", "{spelled} 为 {heads}，不能整除 {what} {size}"),
        ("use a number of heads that divides {size}", "选用能整除 {size} 的头数"),
    ),
    "input-shape-mismatch": (
        (
            "input {index}, {what}, is {shape}, but must be {wanted}",
            "第 {index} 个输入（{what}）为 {shape}，但必须为 {wanted}",
        ),
        ("give {what} as {wanted}", "将 {what} 给为 {wanted}"),
    ),
    "weights-not-shared": (
        ("there is no other layer named `{name}`", "没有另一个名为 `{name}` 的层"),
        ("name another layer, or leave it out", "写另一层的名称，或省略此项"),
        (
            "this layer needs {own} weights, but `{name}` has {others}",
            "该层需要 {own} 个权重，但 `{name}` 有 {others} 个",
        ),
        (
            "give both layers the same channels and kernel, or leave `{member}` out",
            "使两层的通道数和卷积核相同，或省略 `{member}`",
        ),
    ),
    "single-value-norm": (
        ("there is one value in each mean: {source} is {shape}", "每个均值只由一个值求得：{source} 为 {shape}"),
        (
            "leave the layer out, or normalise before the size is reduced to 1",
            "去掉该层，或在尺寸缩减为 1 之前归一化",
        ),
    ),
    "single-value-in-training": (
        (
            "in training there is one value in each mean, which {framework} refuses: {source} is {shape}",
            "训练时每个均值只由一个值求得，{framework} 会拒绝：{source} 为 {shape}",
        ),
        (
            "train with more than one example in a batch, or leave the layer out",
            "训练时每个批次使用多于一个样本，或去掉该层",
        ),
    ),
}

FRAGMENTS: Sequence[Row] = (
    ("the features of the queries,", "查询的特征数"),
    ("the features of the keys,", "键的特征数"),
    ("the features of the values,", "值的特征数"),
    ("the weight", "权重"),
    ("the bias", "偏置"),
    ("a weight or statistic", "权重或统计量"),
    ("the scale", "缩放系数"),
    ("the shift", "平移量"),
    ("the slopes", "斜率"),
    ("the weight W", "权重 W"),
    ("the weight R", "权重 R"),
    ("the bias B", "偏置 B"),
    ("the lengths of the sequences", "各序列的长度"),
    ("the initial state", "初始状态"),
    ("the initial memory", "初始记忆"),
)
