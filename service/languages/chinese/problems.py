"""Problem documents: titles, and details of what is wrong with a request itself."""

from collections.abc import Mapping, Sequence

from service.languages.forms import Row
from service.languages.language import PROBLEM

ROWS: Mapping[str, Sequence[Row]] = {
    PROBLEM: (
        ("Bad Request", "错误的请求"),
        ("Unauthorized", "未授权"),
        ("Not Found", "未找到"),
        ("Method Not Allowed", "不允许的方法"),
        ("Not Acceptable", "无法接受"),
        ("Content Too Large", "内容过大"),
        ("Unsupported Media Type", "不支持的媒体类型"),
        ("Unprocessable Content", "无法处理的内容"),
        ("Internal Server Error", "服务器内部错误"),
        ("Service Unavailable", "服务不可用"),
        (" (and {count} more)", "（另有 {count} 处）"),
        ("`{path}` takes {methods}, not {method}", "`{path}` 接受 {methods}，不接受 {method}"),
        (
            "there is nothing at `{path}`; `/docs` shows what there is",
            "`{path}` 处没有内容；`/docs` 列出了所有内容",
        ),
        ("there is no diagnostic {raw_name}", "没有诊断 {raw_name}"),
        ("there is no layer type {name}; `/v1/layers` lists all", "没有层类型 {name}；`/v1/layers` 列出了所有类型"),
        (
            "there is no layer type {name}; the nearest names are {raw_names}",
            "没有层类型 {name}；最接近的名称是 {raw_names}",
        ),
        ("{name} is a name of several layer types: {raw_names}", "{name} 是多个层类型的名称：{raw_names}"),
        (
            "there is no model `{name}`; the models are {raw_names}",
            "没有模型 `{name}`；可用的模型为 {raw_names}",
        ),
        (
            "the model `{name}` has no version {version}; there is {other}",
            "模型 `{name}` 没有版本 {version}；现有版本为 {other}",
        ),
        ("the service failed on this request; the failure has been logged", "服务处理此请求时出错；错误已记入日志"),
        (
            "busy: {used} of {slots} computation slots are in use; none became free within {seconds} s",
            "繁忙：{slots} 个计算槽中有 {used} 个在使用；{seconds} 秒内没有空出",
        ),
        (
            "busy: {used} of {slots} computation slots are in use; {waiting} requests are waiting already",
            "繁忙：{slots} 个计算槽中有 {used} 个在使用；已有 {waiting} 个请求在等待",
        ),
        (
            "busy: {used} of {slots} computation slots are in use; one is expected in {seconds} s, after {waiting} that"
            " are waiting",
            "繁忙：{slots} 个计算槽中有 {used} 个在使用；预计 {seconds} 秒后空出一个，前面还有 {waiting} 个在等待",
        ),
        ("the service is stopping", "服务正在停止"),
        ("the service does not compute what it should", "服务的计算结果不正确"),
        (
            "this service takes an API key: send `{first}` or `{second}`",
            "本服务需要 API 密钥：请发送 `{first}` 或 `{second}`",
        ),
        ("the API key is not one that is known here", "此 API 密钥无效"),
        ("the answer is {raw_type}, which `{accept}` leaves out", "答复为 {raw_type}，而 `{accept}` 不接受"),
        (
            "the answer is {raw_type} or {raw_other}, which `{accept}` leaves out",
            "答复为 {raw_type} 或 {raw_other}，而 `{accept}` 不接受",
        ),
        ("the body must be {raw_type}, but it has no content type", "请求体必须为 {raw_type}，但没有内容类型"),
        ("the body must be {raw_type}, not {raw_sent}", "请求体必须为 {raw_type}，而不是 {raw_sent}"),
        ("the content type {raw_type} has no boundary", "内容类型 {raw_type} 没有 boundary"),
        ("the body is empty; it must be a JSON object", "请求体为空；它必须是一个 JSON 对象"),
        ("the body's framing is broken: {raw_reason}", "请求体的分帧已损坏：{raw_reason}"),
        (
            "the body ended after {read} of the {length} bytes announced",
            "请求体声明为 {length} 字节，但在 {read} 字节后结束",
        ),
        (
            "the body's encoding is {raw_coding}; read here are {raw_first} and {raw_second}",
            "请求体的编码为 {raw_coding}；此处可读的编码为 {raw_first} 和 {raw_second}",
        ),
        ("the body is not {raw_coding}: it breaks off", "请求体不是 {raw_coding}：数据中断"),
        ("the body is not {raw_coding}: it goes on after its end", "请求体不是 {raw_coding}：结束之后还有数据"),
        ("the body is not {raw_coding}: {rest}", "请求体不是 {raw_coding}：{rest}"),
        (
            "the body is, unpacked, larger than the limit of {limit} bytes (`{name}`)",
            "请求体解压后超过上限 {limit} 字节（`{name}`）",
        ),
        (
            "the body is {size} bytes, above the limit of {limit} bytes (`{name}`)",
            "请求体为 {size} 字节，超过上限 {limit} 字节（`{name}`）",
        ),
        (
            "the body is larger than the limit of {limit} bytes (`{name}`)",
            "请求体超过上限 {limit} 字节（`{name}`）",
        ),
        (
            "the JSON is {size} bytes, above the limit of {limit} (`{name}`)",
            "JSON 为 {size} 字节，超过上限 {limit}（`{name}`）",
        ),
        (
            "the JSON has {count} lists and objects, above the limit of {limit} (`{name}`)",
            "JSON 有 {count} 个列表和对象，超过上限 {limit}（`{name}`）",
        ),
        ("the body is not acceptable JSON: duplicate key", "请求体不是可接受的 JSON：键重复"),
        ("the body is not acceptable JSON: duplicate key {key}", "请求体不是可接受的 JSON：键 {key} 重复"),
        (
            "the body is not acceptable JSON: it is nested deeper than {most} levels",
            "请求体不是可接受的 JSON：嵌套超过 {most} 层",
        ),
        (
            "the body is not acceptable JSON: {reason} at line {line} column {column}",
            "请求体不是可接受的 JSON：第 {line} 行第 {column} 列{reason}",
        ),
        (
            "an object of the request has {count} members, more than {most}",
            "请求中有一个对象有 {count} 个成员，多于 {most} 个",
        ),
        ("the request has {count} mistakes, more than {most}", "请求有 {count} 处错误，多于 {most} 处"),
        ("the layers have more than {most} mistakes", "各层的错误多于 {most} 处"),
        (
            "the boundary of the form has {count} characters, not {least} to {most} of ASCII",
            "表单的 boundary 有 {count} 个字符，而不是 {least} 到 {most} 个 ASCII 字符",
        ),
        ("the form has more than {most} parts", "表单的部分多于 {most} 个"),
        (
            "the form is malformed after {place} bytes: no headers of a part follow the boundary",
            "表单在 {place} 字节之后格式错误：boundary 之后没有部分的头",
        ),
        (
            "the form breaks off: no boundary follows after {start} of its {length} bytes",
            "表单中断：共 {length} 字节，{start} 字节之后没有 boundary",
        ),
        ("a part of the form has no name in a `{header}`", "表单有一部分在 `{header}` 中没有名称"),
    ),
}

FRAGMENTS: Sequence[Row] = (
    ("expected value", "缺少值"),
    ("expected `{mark}`", "缺少 `{mark}`"),
    ("expected `{mark}` or `{other}`", "缺少 `{mark}` 或 `{other}`"),
    ("expected ident", "不是 true、false 或 null"),
    ("invalid unicode code point", "有无效的 Unicode 码位"),
    ("invalid escape", "有无效的转义"),
    ("invalid number", "有无效的数"),
    ("key must be a string", "的键不是字符串"),
    ("number out of range", "的数超出范围"),
    ("trailing characters", "有多余的字符"),
    ("trailing comma", "有多余的逗号"),
    ("control character (\\u0000-\\u001F) found while parsing a string", "的字符串中有控制字符 (\\u0000-\\u001F)"),
    ("unexpected end of hex escape", "的转义不完整"),
    ("EOF while parsing a value", "处值未写完便结束"),
    ("EOF while parsing a list", "处列表未写完便结束"),
    ("EOF while parsing a string", "处字符串未写完便结束"),
    ("EOF while parsing an object", "处对象未写完便结束"),
    ("Error {code} while decompressing data: {rest}", "解压数据时出错 {code}：{rest}"),
    ("incorrect header check", "头校验不符"),
    ("incorrect data check", "数据校验不符"),
)
