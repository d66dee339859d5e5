"""How layers are connected, in which order they run, and which form a cycle."""

import random
from itertools import permutations

import pytest

from service.core.networks.graph import Connections, connect, run_order, unused_layers
from tests.core.networks.build import RELU, Posted, network


def layer(name: str | None, *inputs: str) -> Posted:
    return RELU | ({"name": name} if name else {}) | ({"inputs": list(inputs)} if inputs else {})


def connected(*layers: Posted) -> tuple[Connections, list[tuple[str, object]]]:
    """The connections of layers behind the inputs `x` and `y`, and the names and places of the diagnostics."""
    built = network(list(layers), x=(1, 3, 9, 7), y=(1, 3, 9, 7))
    graph = connect(built)
    connections, diagnostics = graph.connections, graph.diagnostics
    return connections, [(diagnostic.rule.name, diagnostic.location) for diagnostic in diagnostics]


def test_a_layer_takes_in_the_one_listed_before_unless_it_names_others() -> None:
    connections, diagnostics = connected(layer("a"), layer("b"), layer("c", "y"), layer(None, "a", "c", "relu_3"))
    assert connections == [("x",), (0,), ("y",), (0, 2, 3)]
    assert diagnostics == []


def test_an_unknown_name_is_an_input_that_is_missing() -> None:
    connections, diagnostics = connected(layer("a", "x", "b", "c"), layer("b", "z"))
    assert connections == [("x", 1, None), (None,)]
    assert diagnostics == [
        ("unknown-input", ("layers", 0, "inputs", 2)),
        ("unknown-input", ("layers", 1, "inputs", 0)),
    ]


def test_a_duplicate_name_means_the_first_layer_that_has_it() -> None:
    connections, diagnostics = connected(layer("a"), layer("a"), layer("x"), layer(None, "a", "x"))
    assert connections[3] == (0, "x")
    assert diagnostics == [
        ("duplicate-name", ("layers", 1, "name")),
        ("duplicate-name", ("layers", 2, "name")),
    ]


@pytest.mark.parametrize(
    ("connections", "order", "cycles"),
    [
        ([("x",), (0,), (1, 0)], [0, 1, 2], []),
        ([(2,), ("x",), (1,)], [1, 2, 0], []),
        ([(None,), (0, None)], [0, 1], []),
        ([(0,)], [], [[0]]),
        ([(1,), (0,), (1,)], [], [[0, 1]]),
        ([(1,), (0,), ("x",), (4, 2), (3,)], [2], [[0, 1], [3, 4]]),
        ([("x",), (0, 3), (1,), (2,), (3, 0)], [0], [[1, 2, 3]]),
        ([], [], []),
    ],
)
def test_layers_run_after_their_inputs_and_cycles_never(
    connections: Connections, order: list[int], cycles: list[list[int]]
) -> None:
    assert run_order(connections) == (order, cycles)


def drawn(seed: int, count: int = 6) -> Connections:
    """Random connections; about half of them have no cycle."""
    rng = random.Random(seed)
    places = rng.sample(range(count), count)
    return [
        tuple(rng.choice(["x", *([o for o in range(count) if places[o] < places[index] or rng.random() < 0.03])])
              for _ in range(rng.randint(1, 3)))
        for index in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_the_order_is_the_first_of_all_that_are_possible(seed: int) -> None:
    connections = drawn(seed)
    order, cycles = run_order(connections)

    def possible(some: tuple[int, ...]) -> bool:
        done: set[int | str] = {"x"}
        for index in some:
            if not done.issuperset(connections[index]):  # type: ignore[arg-type]
                return False
            done.add(index)
        return True

    every = [some for some in permutations(range(len(connections))) if possible(some)]
    if every:
        assert (tuple(order), cycles) == (min(every), [])
    else:
        assert cycles
        assert possible(tuple(order))


@pytest.mark.parametrize("seed", range(200, 260))
def test_every_layer_of_a_cycle_takes_in_a_layer_of_it(seed: int) -> None:
    rng = random.Random(seed)
    connections = [(rng.randrange(5), rng.choice(["x", rng.randrange(5)])) for _ in range(5)]
    _, cycles = run_order(connections)
    assert cycles
    for cycle in cycles:
        for index in cycle:
            assert set(connections[index]) & set(cycle)
    members = [index for cycle in cycles for index in cycle]
    assert len(members) == len(set(members))


def test_every_layer_but_the_last_must_be_used() -> None:
    built = network([layer("a"), layer("b", "a"), layer("c", "a"), layer("d", "a")])
    unused = unused_layers(built, connect(built))
    assert [(diagnostic.rule.name, diagnostic.location) for diagnostic in unused] == [
        ("unused-layer", ("layers", 1)),
        ("unused-layer", ("layers", 2)),
    ]
