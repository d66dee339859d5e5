"""`einops`: patterns of axes as reshapes, permutations and reductions."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.models.source.host import Host, NotKnownError, RaisedError, Run, Unknown, Value
from service.models.torch_library.calls import unknown_tensor
from service.models.torch_library.einops_packing import pack, unpack
from service.models.torch_library.functions import einsum
from service.models.torch_library.hosts import Function, Namespace
from service.models.torch_library.results import returned
from service.models.torch_library.tensors import TensorHost

Keywords = Mapping[str, Value]
Groups = list[list[str]]
"""The axes of one side: each group of names is one axis of the tensor."""
TOKEN = re.compile(r"\(|\)|\.\.\.|[A-Za-z_]\w*|\d+|\S")
ELLIPSIS = "..."
LONGEST_PATTERN = 1000
"""Letters of a pattern. Chosen: far above what programs have."""
REST = "*"
"""Axes that stay apart, however many there are: `...` outside of brackets."""
REDUCTIONS = {"mean": "mean", "sum": "sum", "max": "amax", "min": "amin", "prod": "prod", "any": "any", "all": "all"}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern taken apart: the groups of both sides."""

    left: Groups
    right: Groups


def error(message: str) -> RaisedError:
    """What einops raises."""
    return RaisedError("EinopsError", message)


def read_side(text: str) -> Groups:
    """`b (h w) c` as groups of names; `...` is a group of its own.

    Raises:
        RaisedError: It is no pattern.
    """
    groups: Groups = []
    inside = False
    for part in TOKEN.findall(text):
        if part == "(":
            if inside:
                raise error("brackets inside brackets")
            groups.append([])
            inside = True
        elif part == ")":
            if not inside:
                raise error("brackets are not balanced")
            inside = False
        elif not (part == ELLIPSIS or part.isalnum() or part.isidentifier()):
            raise error(f"unknown character '{part}' in a pattern")
        elif inside:
            groups[-1].append(part)
        else:
            groups.append([] if part == "1" else [REST if part == ELLIPSIS else part])
    if inside:
        raise error("brackets are not balanced")
    return groups


def read_pattern(text: Value) -> Pattern:
    """A pattern with an arrow.

    Raises:
        RaisedError: There is none.
    """
    if not isinstance(text, str):
        raise NotKnownError("the pattern of axes is not known")
    if len(text) > LONGEST_PATTERN:
        raise error(f"a pattern has at most {LONGEST_PATTERN} letters here")
    left, arrow, right = text.partition("->")
    if not arrow:
        raise error(f"pattern '{text}' has no arrow")
    return Pattern(read_side(left), read_side(right))


class Rearranging:
    """A tensor whose axes are taken apart by the left side of a pattern, and put together by the right."""

    def __init__(self, tensor: TensorHost, pattern: Pattern, sizes: Keywords, run: Run) -> None:
        if tensor.shape is None:
            raise NotKnownError("the shape of a tensor is not known, so a pattern of its axes cannot be read")
        self.run = run
        self.shape = tensor.shape
        self.left, self.rest = self._without_ellipsis(pattern.left)
        self.right = self._expanded(pattern.right)
        self.sizes = self._sizes(sizes)
        names = [name for group in self.left for name in group]
        self.tensor = self._reshaped(tensor, [self.sizes[name] for name in names], [len(group) for group in self.left])
        self.names = names

    def _without_ellipsis(self, groups: Groups) -> tuple[Groups, list[str]]:
        if [REST] not in groups:
            if len(groups) != len(self.shape):
                raise error(f"expected {len(groups)} axes, but the tensor has {len(self.shape)}")
            return groups, []
        at = groups.index([REST])
        count = len(self.shape) - len(groups) + 1
        if count < 0:
            raise error(f"expected at least {len(groups) - 1} axes, but the tensor has {len(self.shape)}")
        rest = [f"...{index}" for index in range(count)]
        return [*groups[:at], *([name] for name in rest), *groups[at + 1 :]], rest

    def _expanded(self, groups: Groups) -> Groups:
        """A side with the axes for which `...` stands."""
        found: Groups = []
        for group in groups:
            if group == [REST]:
                found += [[name] for name in self.rest]
            else:
                found.append([part for name in group for part in (self.rest if name == ELLIPSIS else [name])])
        return found

    def _sizes(self, given: Keywords) -> dict[str, int | None]:
        """The size of every axis that has a name.

        Raises:
            RaisedError: The names do not multiply up to the tensor's sizes.
        """
        sizes: dict[str, int | None] = {
            name: int(value) if isinstance(value, int) else None for name, value in given.items()
        }
        for group, size in zip(self.left, self.shape, strict=True):
            sizes |= {name: int(name) for name in group if name.isdigit()}
            unknown = [name for name in group if name not in sizes]
            known = 1
            for name in group:
                known *= sizes.get(name) or 1
            if len(unknown) > 1:
                raise error(f"could not infer sizes for {unknown}")
            if size is None:
                sizes |= dict.fromkeys(unknown)
                continue
            if unknown and size % known == 0:
                sizes[unknown[0]] = size // known
            elif unknown or (known != size and None not in [sizes[name] for name in group]):
                raise error(f"shape mismatch, can't divide axis of length {size} in chunks of {known}")
        return sizes

    def _reshaped(self, tensor: TensorHost, sizes: Sequence[int | None], groups: Sequence[int]) -> TensorHost:
        if all(count == 1 for count in groups):
            return tensor
        return self._call("reshape", tensor, shape=_open(sizes))

    def _call(self, name: str, tensor: TensorHost, **arguments: Value) -> TensorHost:
        made = returned(self.run, f"Tensor.{name}", {"input": tensor, **arguments})
        return made if isinstance(made, TensorHost) else unknown_tensor(self.run)

    def reduced(self, reduction: Value) -> None:
        """Take together the axes that the right side does not have."""
        kept = {name for group in self.right for name in group}
        gone = [place for place, name in enumerate(self.names) if name not in kept]
        if not gone:
            return
        if not isinstance(reduction, str) or reduction not in REDUCTIONS:
            raise NotKnownError("how axes are reduced is not known")
        self.names = [name for name in self.names if name in kept]
        for place in reversed(gone if reduction in ("prod", "any", "all") else []):
            self.tensor = self._call(REDUCTIONS[reduction], self.tensor, dim=place)
        if reduction not in ("prod", "any", "all"):
            self.tensor = self._call(REDUCTIONS[reduction], self.tensor, dim=gone)

    def repeated(self) -> None:
        """Add the axes that only the right side has."""
        wanted = [name for group in self.right for name in group]
        new = [name for name in wanted if name not in self.names]
        for name in new:
            if name.isdigit():
                self.sizes[name] = int(name)
            if self.sizes.get(name) is None:
                raise error(f"the size of axis '{name}' is not given")
        if not new:
            return
        count = len(self.names)
        self.tensor = self._call("reshape", self.tensor, shape=_open([*self._known(self.names), *[1] * len(new)]))
        sizes = [-1] * count + [self.sizes[name] for name in new]
        self.tensor = self._call("expand", self.tensor, sizes=sizes)
        self.names = [*self.names, *new]

    def _known(self, names: Sequence[str]) -> list[int | None]:
        return [self.sizes[name] for name in names]

    def arranged(self) -> TensorHost:
        """The axes in the order of the right side, put together as it says.

        Raises:
            RaisedError: The sides have not the same axes.
        """
        wanted = [name for group in self.right for name in group]
        if sorted(wanted) != sorted(self.names):
            raise error(f"identifiers only on one side: {sorted(set(wanted) ^ set(self.names))}")
        order = [self.names.index(name) for name in wanted]
        if order != sorted(order):
            self.tensor = self._call("permute", self.tensor, dims=order)
        if all(len(group) == 1 for group in self.right):
            return self.tensor
        sizes: list[int | None] = []
        for group in self.right:
            total: int | None = 1
            for size in self._known(group):
                total = None if total is None or size is None else total * size
            sizes.append(total)
        return self._call("reshape", self.tensor, shape=_open(sizes))


def _open(sizes: Sequence[int | None]) -> list[int | None]:
    """One size that is not known as -1."""
    return [-1 if size is None and list(sizes).count(None) == 1 else size for size in sizes]


def transformed(kind: str, arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """`rearrange`, `reduce` or `repeat`."""
    given = list(arguments)
    sizes = dict(keywords)
    tensor = given.pop(0) if given else sizes.pop("tensor", None)
    pattern = read_pattern(given.pop(0) if given else sizes.pop("pattern", None))
    reduction = (given.pop(0) if given else sizes.pop("reduction", None)) if kind == "reduce" else None
    if isinstance(tensor, list | tuple) and tensor:
        tensor = returned(run, "torch.stack", {"tensors": list(tensor)})
    if isinstance(tensor, Unknown):
        return unknown_tensor(run)
    if not isinstance(tensor, TensorHost):
        raise NotKnownError(f"`{kind}` of something that is no tensor is not known")
    work = Rearranging(tensor, pattern, sizes, run)
    if kind == "reduce":
        work.reduced(reduction)
    elif kind == "repeat":
        work.repeated()
    return work.arranged()


class PatternModule(Host):
    """`einops.layers.torch.Rearrange` and `Reduce`: a pattern as a module."""

    is_module = True

    def __init__(self, kind: str, arguments: Sequence[Value], keywords: Keywords) -> None:
        self.pattern_kind = kind
        self.type_name = kind.capitalize()
        self.arguments = tuple(arguments)
        self.keywords = dict(keywords)

    def call(self, arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
        """The pattern applied to a tensor."""
        return transformed(self.pattern_kind, [*arguments[:1], *self.arguments], self.keywords, run)

    def attribute(self, name: str, run: Run) -> Value:
        """Its pattern, and the methods of every module."""
        if name == "forward":
            return Function(name, self.call)
        if name in ("eval", "train", "to", "cuda", "cpu", "apply"):
            return Function(name, lambda arguments, keywords, run: self)
        if name in ("parameters", "named_parameters", "children", "named_children", "buffers"):
            return Function(name, lambda arguments, keywords, run: [])
        return super().attribute(name, run)

    def assign(self, name: str, value: Value, run: Run) -> None:
        """A mark on the module, which changes nothing."""

    def is_instance_of(self, kind: Host) -> bool:
        """Whether it is of that class."""
        return isinstance(kind, PatternClass) and kind.pattern_kind == self.pattern_kind

    def kind(self, run: Run) -> Value:
        """Its class."""
        return CLASSES[self.type_name]


class PatternClass(Host):
    """The class of such a module."""

    type_name = "type"
    makes_modules = True

    def __init__(self, kind: str) -> None:
        self.pattern_kind = kind

    def call(self, arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
        """A new module."""
        return PatternModule(self.pattern_kind, arguments, keywords)

    def attribute(self, name: str, run: Run) -> Value:
        """Its name."""
        return self.pattern_kind.capitalize() if name == "__name__" else super().attribute(name, run)


CLASSES: Mapping[str, PatternClass] = {"Rearrange": PatternClass("rearrange"), "Reduce": PatternClass("reduce")}


def einops_einsum(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """`einops.einsum(x, y, "b i j, b j k -> b i k")`: names of axes as letters."""
    *tensors, pattern = arguments
    if not isinstance(pattern, str):
        raise NotKnownError("the pattern of axes is not known")
    names = dict.fromkeys(re.findall(r"[A-Za-z_]\w*", pattern))
    letters = dict(zip(names, "abcdefghijklmnopqrstuvwxyz", strict=False))
    text = re.sub(r"[A-Za-z_]\w*", lambda found: letters.get(found[0], "?"), pattern).replace(" ", "")
    return einsum([text, *tensors], {}, run)


def parse_shape(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """`parse_shape(x, "b c h w")`: sizes by name."""
    tensor, pattern = arguments
    sizes = tensor.sizes(run) if isinstance(tensor, TensorHost) else ()
    return {name: size for name, size in zip(str(pattern).split(), sizes, strict=True) if name != "_"}


def _transforming(kind: str) -> Function:
    return Function(f"einops.{kind}", lambda arguments, keywords, run: transformed(kind, arguments, keywords, run))


FUNCTIONS: Mapping[str, Value] = {
    **{kind: _transforming(kind) for kind in ("rearrange", "reduce", "repeat")},
    "einsum": Function("einops.einsum", einops_einsum),
    "pack": Function("einops.pack", pack),
    "unpack": Function("einops.unpack", unpack),
    "parse_shape": Function("einops.parse_shape", parse_shape),
}
NAMESPACES: Mapping[str, Namespace] = {
    "einops": Namespace("einops", FUNCTIONS),
    "einops.layers": Namespace("einops.layers", {"torch": Namespace("einops.layers.torch", CLASSES)}),
    "einops.layers.torch": Namespace("einops.layers.torch", CLASSES),
}
"""The modules of einops by name."""
