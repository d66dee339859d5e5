"""`functools`, `itertools`, `operator`, `inspect` and `contextlib`."""

import itertools
from typing import TYPE_CHECKING

from service.models.source.attributes import attribute
from service.models.source.builtin_functions import first_of
from service.models.source.builtin_kinds import KINDS
from service.models.source.classes import find
from service.models.source.host import Host, NotKnownError, RaisedError, Value
from service.models.source.items import item, set_item
from service.models.source.iteration import side_by_side
from service.models.source.operators import BINARY, binary, unary
from service.models.source.truth import contains, identical, truth_in
from service.models.source.values import (
    MISSING,
    Bound,
    Class,
    Cursor,
    Endless,
    Function,
    Kind,
    Native,
    Opaque,
    Partial,
    Property,
)

if TYPE_CHECKING:
    from service.models.source.machine import Machine


def _partial(_machine: "Machine", function: Value, *arguments: Value, **keywords: Value) -> Partial:
    if isinstance(function, Partial):
        return Partial(function.function, [*function.arguments, *arguments], {**function.keywords, **keywords})
    return Partial(function, arguments, keywords)


def _reduce(machine: "Machine", function: Value, values: Value, start: Value = MISSING) -> Value:
    given = machine.iterate(values)
    if start is MISSING:
        if not given:
            raise RaisedError("TypeError", "reduce() of empty iterable with no initial value")
        start, given = given[0], given[1:]
    for value in given:
        start = machine.call(function, [start, value], {})
    return start


def _wraps(_machine: "Machine", wrapped: Value, *_assigned: Value, **_options: Value) -> Value:
    def copy_name(_inner: "Machine", wrapper: Value) -> Value:
        if isinstance(wrapper, Function):
            if isinstance(wrapped, Function):
                wrapper.name = wrapped.name
            wrapper.attributes["__wrapped__"] = wrapped
        return wrapper

    return Native("wraps", copy_name)


def _cached(_machine: "Machine", function: Value = None, *_size: Value, **_options: Value) -> Value:
    if isinstance(function, Function | Native):
        return function
    return Native("lru_cache", lambda _inner, given: given)


def _cached_property(_machine: "Machine", getter: Value) -> Property:
    return Property(getter, None, cached=True)


def _dispatched(_machine: "Machine", function: Value) -> Value:
    return function


FUNCTOOLS: dict[str, Value] = {
    "partial": Kind("partial", _partial, (Partial,)),
    "partialmethod": Native("partialmethod", _partial),
    "reduce": Native("reduce", _reduce),
    "wraps": Native("wraps", _wraps),
    "update_wrapper": Native("update_wrapper", lambda _machine, wrapper, *_wrapped: wrapper),
    "lru_cache": Native("lru_cache", _cached),
    "cache": Native("cache", _cached),
    "cached_property": Native("cached_property", _cached_property),
    "singledispatch": Native("singledispatch", _dispatched),
    "total_ordering": Native("total_ordering", _dispatched),
}


def _chain(machine: "Machine", *values: Value) -> Cursor:
    return Cursor([element for value in values for element in machine.iterate(value)])


def _chain_of(machine: "Machine", values: Value) -> Cursor:
    return _chain(machine, *machine.iterate(values))


def _product(machine: "Machine", *values: Value, repeat: Value = 1) -> Cursor:
    rows = [machine.iterate(value) for value in values]
    count = 1
    for row in rows:
        count *= len(row)
    if repeat > 20:
        raise NotKnownError("so large a product is not made")
    machine.spend(elements=count**repeat)
    return Cursor(list(itertools.product(*rows, repeat=repeat)))


def _chosen(ordered: bool) -> Native:
    def choose(machine: "Machine", values: Value, count: Value = None) -> Cursor:
        given = machine.iterate(values)
        size = len(given) if count is None else int(count)
        if len(given) > 12 and size not in (0, 1, 2):
            raise NotKnownError("so many combinations are not made")
        machine.spend(elements=len(given) ** 2)
        perform = itertools.permutations if ordered else itertools.combinations
        made = list(itertools.islice(perform(given, size), 500_000))
        machine.spend(elements=len(made))
        return Cursor(made)

    return Native("permutations" if ordered else "combinations", choose)


def _sliced(machine: "Machine", values: Value, *bounds: Value) -> Cursor:
    start, stop, step = {1: (0, *bounds, 1), 2: (*bounds, 1), 3: bounds}[len(bounds)]
    return Cursor(first_of(machine, values, stop)[start or 0 :: step or 1])


def _repeated(machine: "Machine", value: Value, times: Value = None) -> Value:
    if times is None:
        return Endless(value, None)
    machine.spend(elements=max(int(times), 0))
    return Cursor([value] * int(times))


def _accumulated(machine: "Machine", values: Value, function: Value = None, *, initial: Value = MISSING) -> Cursor:
    given = machine.iterate(values)
    if initial is not MISSING:
        given = [initial, *given]
    sums = given[:1]
    for value in given[1:]:
        added = binary(machine, "+", sums[-1], value)
        sums.append(added if function is None else machine.call(function, [sums[-1], value], {}))
    return Cursor(sums)


def _pairwise(machine: "Machine", values: Value) -> Cursor:
    return Cursor(list(itertools.pairwise(machine.iterate(values))))


def _longest(machine: "Machine", *values: Value, fillvalue: Value = None) -> Cursor:
    rows = [machine.iterate(value) for value in values]
    return Cursor(list(itertools.zip_longest(*rows, fillvalue=fillvalue)))


def _starred(machine: "Machine", function: Value, values: Value) -> Cursor:
    return Cursor([machine.call(function, machine.iterate(row), {}) for row in machine.iterate(values)])


def _while_true(machine: "Machine", function: Value, values: Value) -> Cursor:
    taken: list[Value] = []
    for value in machine.iterate(values):
        if truth_in(machine, machine.call(function, [value], {})) is False:
            break
        taken.append(value)
    return Cursor(taken)


_CHAIN = Opaque("chain", {"__call__": Native("chain", _chain), "from_iterable": Native("from_iterable", _chain_of)})
ITERTOOLS: dict[str, Value] = {
    "chain": _CHAIN,
    "product": Native("product", _product),
    "combinations": _chosen(ordered=False),
    "permutations": _chosen(ordered=True),
    "islice": Native("islice", _sliced),
    "count": Native("count", lambda _machine, start=0, step=1: Endless(start, step)),
    "repeat": Native("repeat", _repeated),
    "accumulate": Native("accumulate", _accumulated),
    "pairwise": Native("pairwise", _pairwise),
    "zip_longest": Native("zip_longest", _longest),
    "starmap": Native("starmap", _starred),
    "takewhile": Native("takewhile", _while_true),
    "zip": Native("zip", lambda machine, *values: Cursor(list(zip(*side_by_side(machine, values), strict=True)))),
}


def _operation(symbol: str) -> Native:
    return Native(symbol, lambda machine, left, right: binary(machine, symbol, left, right))


def _item_getter(_machine: "Machine", *keys: Value) -> Native:
    def get(machine: "Machine", value: Value) -> Value:
        found = tuple(item(machine, value, key) for key in keys)
        return found[0] if len(found) == 1 else found

    return Native("itemgetter", get)


def _attribute_getter(_machine: "Machine", *paths: Value) -> Native:
    def one(machine: "Machine", value: Value, path: str) -> Value:
        for name in path.split("."):
            value = attribute(machine, value, name)
        return value

    def get(machine: "Machine", value: Value) -> Value:
        found = tuple(one(machine, value, path) for path in paths)
        return found[0] if len(found) == 1 else found

    return Native("attrgetter", get)


_WORDS = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "truediv": "/",
    "floordiv": "//",
    "mod": "%",
    "pow": "**",
    "matmul": "@",
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "and_": "&",
    "or_": "|",
    "xor": "^",
}
OPERATOR: dict[str, Value] = {
    **{word: _operation(symbol) for word, symbol in _WORDS.items() if symbol in BINARY},
    "neg": Native("neg", lambda machine, value: unary(machine, "-", value)),
    "getitem": Native("getitem", lambda machine, value, key: item(machine, value, key)),
    "setitem": Native("setitem", lambda machine, value, key, element: set_item(machine, value, key, element)),
    "contains": Native("contains", lambda machine, values, value: contains(machine, values, value)),
    "is_": Native("is_", lambda _machine, left, right: identical(left, right)),
    "itemgetter": Native("itemgetter", _item_getter),
    "attrgetter": Native("attrgetter", _attribute_getter),
}


def _signature(machine: "Machine", function: Value) -> Value:
    """`inspect.signature`: names and kinds of the parameters."""
    receiver = 0
    if isinstance(function, Class):
        function, receiver = find(function, "__init__"), 1
    if isinstance(function, Bound):
        function, receiver = function.function, 1
    while isinstance(function, Function) and "__wrapped__" in function.attributes:
        function = function.attributes["__wrapped__"]
    if not isinstance(function, Function):
        raise NotKnownError("the signature of this function is not known")
    signature = function.signature
    kinds: dict[str, str] = dict.fromkeys(signature.positional[receiver:], "POSITIONAL_OR_KEYWORD")
    if signature.rest is not None:
        kinds[signature.rest] = "VAR_POSITIONAL"
    kinds |= dict.fromkeys(signature.keyword_only, "KEYWORD_ONLY")
    if signature.keywords is not None:
        kinds[signature.keywords] = "VAR_KEYWORD"
    parameters = {name: _parameter(name, kind, _defaults(function)) for name, kind in kinds.items()}
    return Opaque("Signature", {"parameters": parameters})


def _defaults(function: Function) -> dict[str, Value]:
    names = function.signature.positional
    first = len(names) - len(function.defaults)
    return dict(zip(names[first:], function.defaults, strict=True)) | function.keyword_defaults


_EMPTY = Opaque("empty")
_KINDS = ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD", "VAR_POSITIONAL", "KEYWORD_ONLY", "VAR_KEYWORD")


def _parameter(name: str, kind: str, defaults: dict[str, Value]) -> Opaque:
    known = {word: word for word in _KINDS}
    return Opaque(
        "Parameter", {"name": name, "kind": kind, "default": defaults.get(name, _EMPTY), "empty": _EMPTY, **known}
    )


INSPECT: dict[str, Value] = {
    "signature": Native("signature", _signature),
    "Parameter": Opaque("Parameter", {"empty": _EMPTY, **{word: word for word in _KINDS}}),
    "isfunction": Native("isfunction", lambda _machine, value: isinstance(value, Function)),
    "isclass": Native(
        "isclass",
        lambda _machine, value: isinstance(value, Class) or value in KINDS.values() or _is_library_class(value),
    ),
}


def _is_library_class(value: Value) -> bool:
    return isinstance(value, Host) and (value.makes_modules or value.type_name == "type")


def _suppressed(_machine: "Machine", *_errors: Value) -> Opaque:
    return Opaque("suppress")


CONTEXTLIB: dict[str, Value] = {
    "contextmanager": Native("contextmanager", lambda _machine, function: function),
    "suppress": Native("suppress", _suppressed),
    "nullcontext": Opaque("nullcontext"),
    "ExitStack": Opaque("ExitStack"),
}
