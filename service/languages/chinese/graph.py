"""How the layers of a network are connected."""

from collections.abc import Mapping, Sequence

from service.languages.forms import Row

ROWS: Mapping[str, Sequence[Row]] = {
    "duplicate-name": (
        ("the name `{name}` is already taken", "名称 `{name}` 已被占用"),
        ("give the layer a name of its own", "给该层一个独有的名称"),
        ("it is first given here", "首次出现在此处"),
    ),
    "unknown-input": (
        ("there is no layer or input named `{name}`", "没有名为 `{name}` 的层或输入"),
        ("name a layer or an input of the network", "写网络中某个层或输入的名称"),
    ),
    "unknown-output": (
        (
            "`{name}` has {count} outputs, `{name}:0` to `{name}:{last}`: there is no `{name}:{index}`",
            "`{name}` 有 {count} 个输出，`{name}:0` 到 `{name}:{last}`：没有 `{name}:{index}`",
        ),
        (
            "`{name}` has one output: there is no `{name}:{index}`",
            "`{name}` 只有一个输出：没有 `{name}:{index}`",
        ),
        ("write an index below {count}", "写小于 {count} 的索引"),
    ),
    "cycle": (
        ("the layers {names} depend on each other in a cycle", "层 {names} 相互依赖，形成环"),
        ("{name} depends on itself", "{name} 依赖自身"),
        ("change the `inputs` of one of them", "更改其中一层的 `inputs`"),
    ),
    "wrong-number-of-inputs": (
        ("{owner} has {count} <input|inputs>, but takes {wanted}", "{owner} 有 {count} 个输入，但应为 {wanted}"),
        (
            "{owner} has {count} <input|inputs>, but takes one beside `{name}`",
            "{owner} 有 {count} 个输入，但除 `{name}` 外只接受一个",
        ),
        (
            "{owner} has {count} <input|inputs>, but takes one beside a number",
            "{owner} 有 {count} 个输入，但除一个数之外只接受一个",
        ),
        ("give it one beside `{name}`", "除 `{name}` 外给它一个输入"),
        ("give it one beside a number", "除一个数之外给它一个输入"),
        ("give it {wanted}", "给它 {wanted} 输入"),
    ),
    "unused-layer": (
        (
            "no layer takes `{name}` as an input, and the output is {outputs}",
            "没有层以 `{name}` 为输入，而网络的输出是 {outputs}",
        ),
        (
            "no layer takes `{name}` as an input, and the outputs are {outputs}",
            "没有层以 `{name}` 为输入，而网络的输出是 {outputs}",
        ),
        ("use `{name}`, name it in `outputs`, or remove it", "使用 `{name}`，在 `outputs` 中写明它，或将其删除"),
    ),
}

FRAGMENTS: Sequence[Row] = (
    ("one", "一个"),
    ("two", "两个"),
    ("three", "三个"),
    ("none", "零个"),
    ("no input", "零个"),
    ("one or two", "一个或两个"),
    ("one or three", "一个或三个"),
    ("one or more", "一个或更多"),
    ("two or more", "两个或更多"),
    ("two or three", "两个或三个"),
    ("four", "四个"),
    ("five", "五个"),
    ("three, or fewer and a number", "三个，或更少并给出一个数"),
    ("{least} or more", "{least} 或更多"),
)
