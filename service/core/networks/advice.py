"""Which input would do: advice on mistakes that may as well be one of the input's size.

A window that no longer fits, branches that miss each other by a position, a linear layer that is given another number
of features: each may be wrong itself, or right for an input of another size. The sizes for which it is right are found
by trying; layers with other mistakes are taken to accept everything meanwhile.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from service.core.diagnostics import Diagnostic, Fix
from service.core.diagnostics.model import PatchOperation, Related, pointer_text
from service.core.geometry.axes import WindowAxis
from service.core.geometry.shapes import Layout, Shape, Size, sizes_text
from service.core.networks.input_sizes import Answer, Question, Range, Rule, solve
from service.core.networks.network import Network, Report
from service.core.networks.trials import TooManyTrialsError, Trials

MOST_TRIALS = 25_000
"""Layers placed for one piece of advice."""
WINDOW = 40
"""How far from the input's own size others are tried; downwards a quarter of it at most."""
LARGEST_TRIED = 8192
MOST_NAMED = 3
"""Layers named on the way to a mistake."""

Sizes = tuple[int, ...]


def advised(network: Network, report: Report) -> list[Diagnostic]:
    """The report's diagnostics, those with advice on the first mistake of each sort that it is known for."""
    sizes = network.input_sizes
    found: list[Diagnostic] = []
    given: set[str] = set()
    for one in report.diagnostics:
        advise = ADVICE.get(one.rule.name)
        index = _layer_of(one)
        if one.is_error and advise is not None and index is not None and sizes and one.rule.name not in given:
            given.add(one.rule.name)
            found.append(advise(one, network, report, index, sizes))
        else:
            found.append(one)
    return found


def _layer_of(one: Diagnostic) -> int | None:
    if len(one.location) > 1 and one.location[0] == "layers" and isinstance(one.location[1], int):
        return one.location[1]
    return None


# --- windows that do not fit -----------------------------------------------------------------------------------------


def _larger_input(one: Diagnostic, network: Network, report: Report, index: int, sizes: Sizes) -> Diagnostic:
    """Which layers made the map so small, and the smallest input that is large enough."""
    related = (*one.related, *_shrinking(network, report, index))
    least = _least(network, report, one, sizes)
    if least is None:
        return replace(one, related=related)
    grown = tuple(max(size, least) for size in sizes)
    text = f"the smallest input that works is {sizes_text(grown)}"
    return replace(
        one, related=related, help=f"{one.help}; {text}", fixes=(*one.fixes, _input_of(network, sizes, grown))
    )


def _shrinking(network: Network, report: Report, index: int) -> Iterator[Related]:
    """The layers before that left least of what they were given, the latest first."""
    found: list[tuple[float, int, Related]] = []
    edge = report.edges[index][0]
    layout = network.framework.layout
    while edge is not None and edge[1] is not None:
        here = report.layers[edge[1]]
        before = here.input_shapes[0] if here.input_shapes else None
        after = here.outcome.output_shape
        if before is not None and after is not None and len(before) == len(after):
            sizes, left = layout.sizes(before), layout.sizes(after)
            kept = [one / size for one, size in zip(left, sizes, strict=False)]
            if kept and max(kept) < 1:
                location = network.nodes[edge[1]].description.location
                message = f"`{here.name}` makes {sizes_text(left)} of {sizes_text(sizes)}"
                found.append((min(kept), edge[1], Related(location, message)))
        edge = report.edges[edge[1]][0] if report.edges[edge[1]] else None
    worst = sorted(found, key=lambda one: one[0])[:MOST_NAMED]
    yield from (related for _, _, related in sorted(worst, key=lambda one: -one[1]))


def _least(network: Network, report: Report, one: Diagnostic, sizes: Sizes) -> int | None:
    """The least size, of all axes that are smaller, with which no window is too large; by halving where it must lie."""
    trials = _trials(network, report, {one.rule.name, *ABOUT_SMALLNESS})
    try:
        tried: list[int] = [size for power in range(1, 14) if (size := min(sizes) * 2**power) <= LARGEST_TRIED]
        works = _accepted(trials, network, sizes, tried)
        if not any(works):
            return None
        place = works.index(True)
        low, high = tried[place - 1] if place else min(sizes), tried[place]
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if _accepted(trials, network, sizes, [middle])[0] else (middle, high)
    except TooManyTrialsError:
        return None
    return high


def _accepted(trials: Trials, network: Network, sizes: Sizes, least: Sequence[int]) -> list[bool]:
    """Which least sizes lead to inputs that are accepted."""
    grown = [network.with_input_sizes([max(size, one) for size in sizes]) for one in least]
    alive, _ = trials.run({name: [shapes[name] for shapes in grown] for name in network.inputs})
    flags: list[bool] = alive.tolist()
    return flags


def _channels(layout: Layout, shape: Shape) -> Size:
    return shape[layout.channel_axis(len(shape), len(shape) - 2)]


# --- branches and features that miss each other ----------------------------------------------------------------------


def _other_input(one: Diagnostic, network: Network, report: Report, index: int, sizes: Sizes) -> Diagnostic:
    """The nearest inputs with which the branches meet, or the features are as many as are declared."""
    first, last = max(min(sizes) - WINDOW, min(sizes) * 3 // 4, 1), max(sizes) + WINDOW
    question = Question(
        channels={name: _channels(network.framework.layout, shape) for name, shape in network.inputs.items()},
        fixed=(None,) * len(sizes),
        bounds=(first, last),
        batch=next(iter(network.inputs.values()))[0],
    )
    try:
        found = solve(_trials(network, report, {one.rule.name}), question)
    except TooManyTrialsError:
        return one
    others = list(dict.fromkeys(_nearest(found, sizes)))
    if not others:
        return one
    related = (*one.related, *_rounding(network, report, index))
    rule = _in_words(found.rules[0]) if not found.coupled and len(set(found.rules)) == 1 else ""
    text = f"an input of {' or '.join(sizes_text(other) for other in others)} works{rule}"
    fixes = [_input_of(network, sizes, other) for other in others]
    return replace(one, help=f"{one.help}; {text}", related=related, fixes=(*one.fixes, *fixes))


def _rounding(network: Network, report: Report, index: int) -> Iterator[Related]:
    """The layers before whose stride does not divide what they are given, so that branches part there."""
    waiting, seen = [index], {index}
    while waiting:
        for edge in report.edges[waiting.pop()]:
            if edge is not None and edge[1] is not None and edge[1] not in seen:
                seen.add(edge[1])
                waiting.append(edge[1])
    found = []
    for place in sorted(seen - {index}):
        axes = [axis for axis in report.layers[place].outcome.axes if isinstance(axis, WindowAxis)]
        if any(axis.stride > 1 and (axis.size or 0) % axis.stride for axis in axes):
            sizes, left = [axis.size or 0 for axis in axes], [axis.output or 0 for axis in axes]
            made = f"`{report.layers[place].name}` makes {sizes_text(left)} of {sizes_text(sizes)}"
            message = f"{made}, which its stride does not divide"
            found.append(Related(network.nodes[place].description.location, message))
    yield from found[:MOST_NAMED]


def _nearest(found: Answer, sizes: Sizes) -> Iterator[Sizes]:
    """The accepted sizes next to these: below and above on every axis, or the nearest combination."""
    if found.coupled:
        blocks = found.combinations or ()
        clamped = [tuple(_clamped(size, part) for size, part in zip(sizes, block, strict=True)) for block in blocks]
        changes = [sum(abs(a - b) for a, b in zip(one, sizes, strict=True)) for one in clamped]
        yield from [one for change, one in zip(changes, clamped, strict=True) if change == min(changes)][:1]
        return
    nearest = [rule.nearest(size) for rule, size in zip(found.rules, sizes, strict=True)]
    for side in zip(*nearest, strict=True):
        if None not in side and side != sizes:
            yield tuple(size or 0 for size in side)


def _clamped(size: int, part: Range) -> int:
    return min(max(size, part[0]), part[1])


def _in_words(rule: Rule) -> str:
    if rule.modulus in (None, 1) or rule.residues is None:
        return ""
    if rule.residues == (0,):
        return f": multiples of {rule.modulus}"
    return f": sizes that leave {' or '.join(map(str, rule.residues))} when divided by {rule.modulus}"


# --- both ------------------------------------------------------------------------------------------------------------


def _trials(network: Network, report: Report, about: set[str]) -> Trials:
    """Trials in which only mistakes of some names count."""
    places = [(_layer_of(one), one.rule.name) for one in report.diagnostics if one.is_error]
    forgiven = frozenset(place for place, name in places if place is not None and name not in about)
    return Trials(network, MOST_TRIALS, forgiven)


def _input_of(network: Network, sizes: Sizes, others: Sizes) -> Fix:
    """Another input as a change to the body."""
    patch: list[PatchOperation] = []
    layout = network.framework.layout
    for name, shape in network.inputs.items():
        places = layout.spatial_axes(len(shape), len(sizes))
        for place, size, other in zip(places, sizes, others, strict=True):
            if size != other:
                path = pointer_text((*network.input_locations[name], place))
                patch += [
                    {"op": "test", "path": path, "value": size},
                    {"op": "replace", "path": path, "value": other},
                ]
    return Fix(f"give the input {sizes_text(others)}", tuple(patch))


ABOUT_SMALLNESS = frozenset({"kernel-larger-than-input", "empty-output", "padding-exceeds-input"})
ADVICE: dict[str, Callable[[Diagnostic, Network, Report, int, Sizes], Diagnostic]] = {
    **dict.fromkeys(ABOUT_SMALLNESS, _larger_input),
    "branch-shape-mismatch": _other_input,
    "feature-mismatch": _other_input,
}
"""By the name of a diagnostic, what is added to it."""
