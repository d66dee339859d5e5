"""Diagnostics of how the layers of a network are connected."""

from collections.abc import Iterator, Sequence

from service.core.diagnostics.model import Fact, Fix, Related, pointer_text
from service.core.diagnostics.registry import diagnostic
from service.core.geometry.shapes import Size
from service.core.layers.names.neighbours import nearest
from service.core.layers.pointers import Pointer

MOST_OUTPUTS_NAMED = 4
"""Outputs of the network that a message names. Chosen so that it stays readable."""


@diagnostic("G401", traits=("about a name that is taken",))
def duplicate_name(name: str, first: Pointer, second: Pointer) -> Iterator[Fact]:
    """Two layers have the same name, so `inputs` cannot tell them apart.

    A layer without a name is called `{type}_{index}`.
    """
    yield Fact(
        f"the name `{name}` is already taken",
        anchor=(*second, "name"),
        help="give the layer a name of its own",
        related=(Related((*first, "name"), "it is first given here"),),
    )


@diagnostic("G402", traits=("about a name that is unknown",))
def unknown_input(name: str, known: Sequence[str], at: Pointer) -> Iterator[Fact]:
    """A layer takes its input from a name that no layer and no input has.

    A network given by `input_shape` has one input, `input`; one given by `inputs` has those names. Layers are named by
    `name`, or by type and index.
    """
    close = nearest(name, known)
    path = pointer_text(at)
    patch = ({"op": "test", "path": path, "value": name}, {"op": "replace", "path": path, "value": close})
    yield Fact(
        f"there is no layer or input named `{name}`",
        anchor=at,
        help=f"write `{close}`" if close else "name a layer or an input of the network",
        fixes=(Fix(f"write `{close}`", patch),) if close else (),
    )


@diagnostic("G403", traits=("about a cycle",))
def cycle(names: Sequence[str], locations: Sequence[Pointer]) -> Iterator[Fact]:
    """Layers depend on each other in a cycle, so none of them can be computed first.

    Layers may be listed in any order, but the network must lead from its inputs to its output.
    """
    listed = ", ".join(f"`{name}`" for name in names)
    yield Fact(
        f"the layers {listed} depend on each other in a cycle" if len(names) > 1 else f"{listed} depends on itself",
        anchor=(*locations[0], "inputs"),
        help="change the `inputs` of one of them",
        related=tuple(Related(place, f"`{name}`") for name, place in zip(names[1:], locations[1:], strict=True)),
    )


@diagnostic("G404")
def wrong_number_of_inputs(owner: str, count: int, wanted: str, at: Pointer) -> Iterator[Fact]:
    """A layer has more or fewer inputs than it takes.

    Most layers take one. Layers that bring branches together take as many as their `inputs` name, and have to name
    them; constants and parameters take none.
    """
    yield Fact(
        f"{owner} has {count} {'input' if count == 1 else 'inputs'}, but takes {wanted}",
        anchor=at,
        help=f"give it {wanted}",
    )


@diagnostic("G406")
def weights_not_shared(name: str, own: Size, others: Size, at: Pointer) -> Iterator[Fact]:
    """A layer is said to use the weights of another (`weights_of`) that is not there, or whose weights are others.

    Layers that share weights need the same numbers of them: the same channels in and out, and the same kernel. Their
    weights are counted once, at the layer that is named.
    """
    if own is None:
        yield Fact(f"there is no other layer named `{name}`", anchor=at, help="name another layer, or leave it out")
        return
    yield Fact(
        f"this layer needs {own} weights, but `{name}` has {others}",
        anchor=at,
        help=f"give both layers the same channels and kernel, or leave `{at[-1]}` out",
    )


@diagnostic("W504", "warning")
def unused_layer(name: str, outputs: Sequence[str], at: Pointer) -> Iterator[Fact]:
    """No layer uses what a layer computes, and it is no output of the network.

    The network's outputs are those that `outputs` names, otherwise the last layer listed.
    """
    listed = ", ".join(f"`{output}`" for output in outputs[:MOST_OUTPUTS_NAMED])
    more = ", ..." if len(outputs) > MOST_OUTPUTS_NAMED else ""
    yield Fact(
        f"no layer takes `{name}` as an input, and the {'output is' if len(outputs) == 1 else 'outputs are'}"
        f" {listed}{more}",
        anchor=at,
        help=f"use `{name}`, name it in `outputs`, or remove it",
    )


@diagnostic("G405", traits=("about a name that is unknown",))
def unknown_output(name: str, index: int, count: int, at: Pointer) -> Iterator[Fact]:
    """A name asks for an output that its layer does not have.

    `split` and `split:0` are the first output of a layer, `split:1` is the second.
    """
    has = f"{count} outputs, `{name}:0` to `{name}:{count - 1}`" if count > 1 else "one output"
    yield Fact(
        f"`{name}` has {has}: there is no `{name}:{index}`",
        anchor=at,
        help=f"write an index below {count}" if count > 1 else f"write `{name}`",
    )
