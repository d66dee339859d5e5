"""Titles of fixes and repairs, advice, and what is said of related places: any diagnostic may have them."""

from collections.abc import Sequence

from service.languages.forms import Row

ANYWHERE: Sequence[Row] = (
    ("set {spelled} to {value}", "将 {spelled} 设为 {value}"),
    ("set `{word}` of `{name}` to {value}", "将 `{name}` 的 `{word}` 设为 {value}"),
    ("remove `{word}`", "删除 `{word}`"),
    ("remove `{word}` of `{name}`", "删除 `{name}` 的 `{word}`"),
    ("use `{type}`", "改用 `{type}`"),
    ("write `{word}`", "改写为 `{word}`"),
    ("add `{word}`", "添加 `{word}`"),
    ("give the input as {shape}", "将输入给为 {shape}"),
    ("give the input {sizes}", "将输入给为 {sizes}"),
    ("give the input `{name}` {shape}", "将输入 `{name}` 给为 {shape}"),
    ("give the input `{name}` as {shape}", "将输入 `{name}` 给为 {shape}"),
    ("give the input its channels: {shape}", "给输入补上通道轴：{shape}"),
    ("give the input a batch axis: {shape}", "给输入补上批次轴：{shape}"),
    ("give the input `{name}` a batch axis: {shape}", "给输入 `{name}` 补上批次轴：{shape}"),
    ("give the input an axis of one channel: {shape}", "给输入补上单通道轴：{shape}"),
    ("give the input `{name}` an axis of one channel: {shape}", "给输入 `{name}` 补上单通道轴：{shape}"),
    ("give the input without axis {axis}: {shape}", "去掉输入的第 {axis} 轴：{shape}"),
    ("give the input `{name}` without axis {axis}: {shape}", "去掉输入 `{name}` 的第 {axis} 轴：{shape}"),
    ("give the input not flattened: {shape}", "输入不要展平：{shape}"),
    ("give the input `{name}` not flattened: {shape}", "输入 `{name}` 不要展平：{shape}"),
    (
        "give the input a batch axis, and its channels first: {shape}",
        "给输入补上批次轴，并将通道移到前面：{shape}",
    ),
    (
        "give the input `{name}` a batch axis, and its channels first: {shape}",
        "给输入 `{name}` 补上批次轴，并将通道移到前面：{shape}",
    ),
    ("give the input the shape of `{other}`: {shape}", "将输入给为 `{other}` 的形状：{shape}"),
    ("give the input `{name}` the shape of `{other}`: {shape}", "将输入 `{name}` 给为 `{other}` 的形状：{shape}"),
    ("put a `flatten` before the layer", "在该层之前加入 `flatten`"),
    (
        "put a `flatten` before the layer and set {spelled} to {value}",
        "在该层之前加入 `flatten`，并将 {spelled} 设为 {value}",
    ),
    ("put a `pad` layer before", "在之前加入 `pad` 层"),
    ("put a `pad` layer with padding {padding} before", "在之前加入填充为 {padding} 的 `pad` 层"),
    (
        "put a `pad` layer with padding {padding} before and remove {spelled}",
        "在之前加入填充为 {padding} 的 `pad` 层，并删除 {spelled}",
    ),
    (
        "set {spelled} to {value}: the same size from windows placed otherwise",
        "将 {spelled} 设为 {value}：输出大小相同，窗口的位置不同",
    ),
    ("put a `{type}` before `{name}`", "在 `{name}` 之前加入 `{type}`"),
    ("put a `{type}` behind `{name}`", "在 `{name}` 之后加入 `{type}`"),
    (
        "put a `{type}` with {raw_word} {value} before `{name}`",
        "在 `{name}` 之前加入 {raw_word} 为 {value} 的 `{type}`",
    ),
    (
        "put a `{type}` with {raw_word} {value} behind `{name}`",
        "在 `{name}` 之后加入 {raw_word} 为 {value} 的 `{type}`",
    ),
    ("leave `{name}` out", "去掉 `{name}`"),
    ("make `{name}` a `{type}`", "将 `{name}` 改为 `{type}`"),
    (
        "use layers of rank {rank} in place of rank {other}: `{type}`",
        "将 {other} 维的层都换成 {rank} 维的层：`{type}`",
    ),
    ("let `{name}` take `{other}` in place of `{input}`", "让 `{name}` 接收 `{other}` 而不是 `{input}`"),
    ("let `{name}` take `{other}` too", "让 `{name}` 也接收 `{other}`"),
    ("take `{input}` from the inputs of `{name}`", "从 `{name}` 的输入中去掉 `{input}`"),
    ("call layer {place} `{name}`", "将第 {place} 层命名为 `{name}`"),
    ("write `{text}` in place of `{old}`", "将 `{old}` 改为 `{text}`"),
    (
        "write `{text}` in place of `{old}` in line {line}",
        "在第 {line} 行将 `{old}` 改写为 `{text}`",
    ),
    ("add `{text}` in line {line}", "在第 {line} 行加入 `{text}`"),
    (
        "set `{word}` of `{name}` to {value} and set `{second}` of `{other}` to {rest}",
        "将 `{name}` 的 `{word}` 设为 {value}，将 `{other}` 的 `{second}` 设为 {rest}",
    ),
    (
        "set `{word}` of `{name}` to {value} and remove `{second}` of `{other}`",
        "将 `{name}` 的 `{word}` 设为 {value}，删除 `{other}` 的 `{second}`",
    ),
    (
        "remove `{word}` of `{name}` and set `{second}` of `{other}` to {rest}",
        "删除 `{name}` 的 `{word}`，将 `{other}` 的 `{second}` 设为 {rest}",
    ),
    # advice on the input
    ("the smallest input that works is {sizes}", "可行的最小输入为 {sizes}"),
    (
        "the smallest input that works is {sizes}, or {even} of equal height and width",
        "可行的最小输入为 {sizes}，若要高宽相等则为 {even}",
    ),
    (
        "an input of {sizes} works; from {least} on no size is too small",
        "输入为 {sizes} 时可行；从 {least} 起不再过小",
    ),
    ("an input of {sizes} works", "输入为 {sizes} 时可行"),
    ("an input of {sizes} works: multiples of {step}", "输入为 {sizes} 时可行：{step} 的倍数"),
    ("an input of {sizes} works: {rule}", "输入为 {sizes} 时可行：{rule}"),
    # related places
    ("what arrives is {shape}", "传入的形状为 {shape}"),
    ("input {index} is {shape}", "第 {index} 个输入为 {shape}"),
    ("`{name}` is {shape}", "`{name}` 为 {shape}"),
    ("`{name}` makes {new} of {old}", "`{name}` 将 {old} 变为 {new}"),
    (
        "`{name}` makes {new} of {old}, which its stride does not divide",
        "`{name}` 将 {old} 变为 {new}，其步幅不能整除",
    ),
    ("a change here mends it: {title}", "在此处更改即可修正：{title}"),
    ("`{name}`", "`{name}`"),
)

FRAGMENTS: Sequence[Row] = (("{formula} with r = {residues}", "{formula}，其中 r = {residues}"),)
