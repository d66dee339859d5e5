"""The methods of Python's own values, each a function that this program chose to offer."""

from collections.abc import Callable
from typing import Any

from service.models.source.collection_methods import ARRAY, DEQUE, DICT, LIST, SET, TUPLE
from service.models.source.number_methods import FLOAT, INT
from service.models.source.string_methods import BYTES, STR
from service.models.source.values import Array, Cursor, Deque, Native

_TABLES: dict[type, dict[str, Callable[..., Any]]] = {
    str: STR,
    bytes: BYTES,
    int: INT,
    float: FLOAT,
    list: LIST,
    tuple: TUPLE,
    Array: ARRAY,
    Deque: DEQUE,
    dict: DICT,
    set: SET,
    frozenset: SET,
    type({}.keys()): {"__iter__": LIST["__iter__"], "__len__": LIST["__len__"], "__contains__": LIST["__contains__"]},
    type({}.values()): {"__iter__": LIST["__iter__"], "__len__": LIST["__len__"]},
    type({}.items()): {"__iter__": LIST["__iter__"], "__len__": LIST["__len__"]},
    range: {name: TUPLE[name] for name in ("index", "count", "__iter__", "__len__", "__contains__", "__getitem__")},
    Cursor: {
        "__next__": lambda machine, cursor: machine.next_of(cursor),
        "__iter__": lambda _machine, cursor: cursor,
    },
}
METHODS: dict[type, dict[str, Native]] = {
    kind: {name: Native(name, implementation) for name, implementation in table.items()}
    for kind, table in _TABLES.items()
}
"""By Python's class of the value, then by name."""
