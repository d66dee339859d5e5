"""What a network costs, compared with running it tensor by tensor."""

import random

import pytest

from service.core.geometry.shapes import Shape
from service.core.networks.costs import peak_activation_bytes, totals
from service.core.networks.graph import Connections, Graph, run_order
from service.core.networks.network import OtherOutput
from service.core.networks.outcome import Outcome


def outcome(size: int | None, **costs: int | None) -> Outcome:
    """A layer that gives so many numbers of four bytes."""
    size_in_bytes = None if size is None else 4 * size
    outputs = (None if size is None else (size,),)
    return Outcome(
        outputs=outputs, activation_bytes=size_in_bytes, **{"parameters": 0, "buffers": 0, "macs": 0, **costs}
    )


def graph(connections: Connections) -> Graph:
    """A graph whose last layer is its output."""
    return Graph(connections, [len(connections) - 1], [])


def simulated_peak(inputs: dict[str, Shape], outcomes: list[Outcome], connections: Connections) -> int:
    """The most bytes of tensors that are there at a step and still needed: by it, by a later one, or as the output."""
    order, _ = run_order(connections)
    sizes: dict[int | str, int] = {name: 4 * (shape[0] or 1) for name, shape in inputs.items()}
    sizes |= {index: made.activation_bytes or 0 for index, made in enumerate(outcomes)}
    peak = sum(sizes[name] for name in inputs)
    made: set[int | str] = set(inputs)
    for step, index in enumerate(order):
        made.add(index)
        later = {key for after in order[step:] for key in connections[after]}
        used = {key for before in order for key in connections[before]}
        kept = {
            key for key in made
            if key in later or key in (index, len(order) - 1) or (isinstance(key, str) and key not in used)
        }  # fmt: skip
        peak = max(peak, sum(sizes[key] for key in kept))
    return peak


@pytest.mark.parametrize("seed", range(60))
def test_the_peak_is_that_of_a_run(seed: int) -> None:
    rng = random.Random(seed)
    places = rng.sample(range(7), 7)
    connections = [
        tuple(rng.choice(["x", "y", *(other for other in range(7) if places[other] < places[index])])
              for _ in range(rng.randint(1, 3)))
        for index in range(7)
    ]  # fmt: skip
    inputs: dict[str, Shape] = {"x": (rng.randint(1, 9),), "y": (rng.randint(1, 9),), "unused": (2,)}
    outcomes = [outcome(rng.randint(1, 50)) for _ in range(7)]
    order, _ = run_order(connections)
    assert peak_activation_bytes(inputs, outcomes, graph(connections), order) == simulated_peak(
        inputs, outcomes, connections
    )


@pytest.mark.parametrize(
    ("connections", "sizes", "peak"),
    [
        ([("x",), (0,), (1,)], [10, 20, 30], 200),  # the input has been released
        ([("x",), (0,), (1, "x")], [10, 20, 30], 208),  # the skip keeps the input
        ([("x",), ("x",), (0,)], [10, 20, 30], 160),  # nothing uses layer 1, so it does not outlive its step
        ([(2,), (0,), ("x",)], [10, 20, 30], 240),  # the output of the last layer listed is kept to the end
    ],
)
def test_the_peak_by_hand(connections: Connections, sizes: list[int], peak: int) -> None:
    order, _ = run_order(connections)
    assert peak_activation_bytes({"x": (2,)}, [outcome(size) for size in sizes], graph(connections), order) == peak


def test_sums_are_over_all_layers() -> None:
    outcomes = [outcome(10, parameters=5, buffers=1, macs=100), outcome(30, parameters=7, macs=40)]
    assert totals({"x": (2,)}, outcomes, graph([("x",), (0,)]), [0, 1]) == {
        "parameters": 12,
        "buffers": 1,
        "macs": 140,
        "flops": 280,
        "activation_bytes": 160,
        "peak_activation_bytes": 160,
    }


def test_a_sum_with_an_unknown_part_is_unknown_and_the_others_are_not() -> None:
    outcomes = [outcome(10, macs=None, parameters=5), outcome(None, parameters=7)]
    assert totals({"x": (2,)}, outcomes, graph([("x",), (0,)]), [0, 1]) == {
        "parameters": 12,
        "buffers": 0,
        "macs": None,
        "flops": None,
        "activation_bytes": None,
        "peak_activation_bytes": None,
    }


def test_there_is_no_peak_where_a_layer_cannot_run_or_an_input_is_unknown() -> None:
    outcomes = [outcome(10), outcome(20)]
    assert peak_activation_bytes({"x": (2,)}, outcomes, graph([(1,), (0,)]), []) is None
    assert peak_activation_bytes({"x": (2, None)}, outcomes, graph([("x",), (0,)]), [0, 1]) is None


def test_every_output_of_a_layer_takes_its_bytes_until_its_own_last_user() -> None:
    two = Outcome(outputs=((10,), (20,)), activation_bytes=120)
    connections: Connections = [("x",), (0,), (OtherOutput(0, 1),), (1, 2)]
    outcomes = [two, outcome(1), outcome(2), outcome(1)]
    assert peak_activation_bytes({"x": (2,)}, outcomes, graph(connections), [0, 1, 2, 3]) == 8 + 40 + 80
    kept = Graph(connections, [3, OtherOutput(0, 1), 0], [])
    assert peak_activation_bytes({"x": (2,)}, outcomes, kept, [0, 1, 2, 3]) == 40 + 80 + 4 + 8 + 4
