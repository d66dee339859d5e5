"""How texts are put together."""

from collections.abc import Sequence

from service.languages.forms import Row

JOINTS: Sequence[Row] = (
    ("{first}; {rest}", "{first}；{rest}"),
    ("{first}, and {rest}", "{first}，并 {rest}"),
    ("{first}, or {rest}", "{first}，或 {rest}"),
    ("{first} and {rest}", "{first} 和 {rest}"),
    ("{first} or {rest}", "{first} 或 {rest}"),
    ("{first}, {rest}", "{first}、{rest}"),
)
