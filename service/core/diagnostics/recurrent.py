"""Recurrent layers: what their framework has, the features that arrive, the states that they start from."""

from collections.abc import Iterator
from dataclasses import replace

from service.core.diagnostics.given_weights import differs, input_shape_mismatch
from service.core.diagnostics.malformed import parameter_out_of_range
from service.core.diagnostics.model import Fact, Fix
from service.core.diagnostics.network_graph import wrong_number_of_inputs
from service.core.diagnostics.patches import setting
from service.core.diagnostics.registry import DIAGNOSTICS, check
from service.core.diagnostics.support import lacking_value
from service.core.geometry.shapes import Shape, Size
from service.core.layers.base import Site
from service.core.layers.merging import broadcast
from service.core.layers.recurrent import Recurrent, RecurrentCell, Recurring
from service.core.layers.wrappers import Bidirectional

MEMORY = 2
"""The position of an LSTM's memory among its inputs."""


@check(on=(Recurrent, RecurrentCell, Bidirectional))
def recurrent_support(site: Site) -> Iterator[Fact]:
    """The framework may have no recurrent layers, or not all of their parameters."""
    rules, title = site.framework.recurrence, site.framework.title
    unsupported = DIAGNOSTICS["not-supported-by-framework"]
    cell_of_none = isinstance(site.layer, RecurrentCell) and rules is not None and not rules.cells
    wrapper_of_none = isinstance(site.layer, Bidirectional) and rules is not None and not rules.wraps_directions
    if rules is None or cell_of_none or wrapper_of_none:
        message = f"{title} has no layer like `{site.type}`"
        yield Fact(message, "type", help="use a layer that it has, or another framework", rule=unsupported)
        return
    for name in sorted(rules.lacks & site.spelling.keys()):
        if getattr(site.layer, name, None) != getattr(type(site.layer), name, None):
            yield from lacking_value(site, name, f"{title}'s recurrent layers have no {site.spelled(name)}")


@check(on=(Recurrent, RecurrentCell))
def recurrent_features(site: Site) -> Iterator[Fact]:
    """The features of a step must be those that the weights were made for."""
    layer = site.layer
    assert isinstance(layer, Recurring)
    arriving = site.shape[-1] if site.shape else None
    if layer.input_size is None or arriving is None or arriving == layer.input_size:
        return
    spelled = site.spelled("input_size")
    fix = Fix(f"set {spelled} to {arriving}", setting(site, "input_size", arriving), "safe")
    yield Fact(
        f"{spelled} is {layer.input_size}, but {site.source} has {arriving} features: its shape is {site.arriving}",
        "input_size",
        help=fix.title,
        fixes=(fix,),
        rule=DIAGNOSTICS["feature-mismatch"],
    )


@check(on=(Recurrent,))
def projection(site: Site) -> Iterator[Fact]:
    """A projected state is smaller than the one that it is made of."""
    layer = site.layer
    assert isinstance(layer, Recurrent)
    size = getattr(layer, "proj_size", 0)
    if layer.hidden_size is not None and size >= layer.hidden_size:
        bound, form = f"not below {site.spelled('hidden_size')} {layer.hidden_size}", "a smaller size, or 0"
        yield from parameter_out_of_range(site.spelling.get("proj_size", "proj_size"), size, bound, form,
                                          site.locate("proj_size"))  # fmt: skip


@check(on=(Recurrent, RecurrentCell))
def state_without_memory(site: Site) -> Iterator[Fact]:
    """An LSTM starts from a state and a memory, or from neither."""
    layer = site.layer
    assert isinstance(layer, Recurring)
    weights_given = isinstance(layer, Recurrent) and layer.weights_given(site)
    if site.kind.family.startswith("lstm") and len(site.inputs) == 2 and not weights_given:
        yield from wrong_number_of_inputs(f"`{site.name}`", 2, "one or three", site.locate("inputs"))


@check(on=(Recurrent, RecurrentCell))
def inputs_beside_the_sequence(site: Site) -> Iterator[Fact]:
    """Weights and initial states must have the shapes that follow from the sequence and the parameters."""
    layer = site.layer
    assert isinstance(layer, Recurring)
    rules = site.framework.recurrence
    if rules is None or not site.fits or len(site.inputs) < 2 or layer.hidden_size is None:
        return
    for index, (what, wanted) in enumerate(_wanted(site, layer), start=1):
        if index >= len(site.inputs):
            return
        arriving = site.inputs[index]
        broadcasts = rules.states_broadcast and _broadcasts(site, index, arriving, wanted)
        if differs(arriving, wanted) and not broadcasts:
            yield from input_shape_mismatch(site, index, what, wanted)


def _broadcasts(site: Site, index: int, arriving: Shape | None, wanted: Shape) -> bool:
    """Whether a state of one example serves all, of an LSTM also one without a batch; a memory stretches anyhow."""
    if index == MEMORY and arriving is not None:
        return broadcast([arriving, wanted]) == wanted
    return arriving == (1, *wanted[1:]) or (arriving == wanted[1:] and site.kind.family.startswith("lstm"))


def _wanted(site: Site, layer: Recurring) -> list[tuple[str, Shape]]:
    """The inputs behind the sequence, and the shape of each."""
    memory = site.kind.family.startswith("lstm")
    if isinstance(layer, Recurrent):
        if layer.weights_given(site):
            return _weights(site, layer)
        run = layer.run(site)
        deep = () if run is None else layer.state_axes(site, run)
        states: list[Size] = [] if run is None else [layer.projected, layer.hidden_size]
    else:
        deep, states = (site.shape or ())[:-1], [layer.hidden_size] * 2
    names = ("the initial state", "the initial memory")
    return [(name, (*deep, size)) for name, size in list(zip(names, states, strict=False))[: 1 + memory]]


def _weights(site: Site, layer: Recurrent) -> list[tuple[str, Shape]]:
    """The inputs that ONNX has: W, R, B, the lengths, and the initial states."""
    run, gates = layer.run(site), layer.gates(site)
    hidden, directions = layer.hidden_size or 0, layer.directions
    batch = run.batch if run is not None else (None,)
    batch_first = run is not None and run.batch_first
    state = (*batch, directions, hidden) if batch_first else (directions, *batch, hidden)
    return [
        ("the weight W", (directions, gates * hidden, layer.features_in(site))),
        ("the weight R", (directions, gates * hidden, hidden)),
        ("the bias B", (directions, 2 * gates * hidden)),
        ("the lengths of the sequences", batch),
        ("the initial state", state),
        ("the initial memory", state),
    ]


@check(on=(Bidirectional,))
def bidirectional_of_a_sequence(site: Site) -> Iterator[Fact]:
    """Only a layer that reads a sequence can read it from the other end."""
    inner = site.within("layer", site.shape)
    if inner is not None and isinstance(inner.layer, Recurrent) and inner.layer.go_backwards:
        message = f"{inner.spelled('go_backwards')} is true, but the layer must read forwards: its copy reads backwards"
        for fact in lacking_value(inner, "go_backwards", message):
            yield replace(fact, anchor=inner.locate("go_backwards"))
    elif inner is not None and not isinstance(inner.layer, Recurrent):
        yield Fact(
            f"`{inner.type}` does not read a sequence step by step, so it has no other direction",
            "layer",
            help="give a recurrent layer",
            rule=DIAGNOSTICS["not-supported-by-framework"],
        )
