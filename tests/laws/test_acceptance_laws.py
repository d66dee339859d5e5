"""One rule, one predicate: the single question, the solver and the batch accept the same layers, in every framework."""

from dataclasses import replace
from typing import Any, NamedTuple

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from service.core.diagnostics import inspect
from service.core.frameworks import FRAMEWORKS
from service.core.frameworks.window_rules import WindowRules
from service.core.questions.batch import plain_sizes
from service.core.questions.sizes import sized_site, sizes_at
from service.core.questions.solve import SolveQuestion, solve
from service.schemas.read_layer import describe

FAMILIES = ("conv", "max_pool", "avg_pool", "lp_pool", "conv_transpose", "depthwise_conv")
PARAMETERS = ("kernel_size", "stride", "padding", "dilation", "output_padding")
LARGEST = 4
"""The largest value drawn of a parameter."""


class Asked(NamedTuple):
    """A layer under a framework, with a value for each axis of each parameter, and the input size."""

    framework: str
    rules: WindowRules
    layer: dict[str, Any]
    sizes: list[int]

    @property
    def accepted(self) -> list[int] | None:
        """The output size that the single question gives; None where the layer is refused."""
        site = sized_site(describe(self.layer, ("layer",)), FRAMEWORKS[self.framework], self.sizes)
        assert site is not None
        result = sizes_at(site)
        if any(diagnostic.is_error for diagnostic in result.diagnostics):
            return None
        return [size or 0 for size in result.output_size]


@st.composite
def layers(draw: st.DrawFn) -> Asked:
    """Layers of one or two axes, with all their parameters given in values of our own spelling, sound or not."""
    framework, family, rank = (
        draw(st.sampled_from(sorted(FRAMEWORKS))),
        draw(st.sampled_from(FAMILIES)),
        draw(st.integers(1, 2)),
    )
    rules = FRAMEWORKS[framework].rules_for(f"{family}{rank}d", family)
    assume(rules is not None)
    assert rules is not None

    def amounts(least: int, most: int) -> list[int]:
        return draw(st.lists(st.integers(least, most), min_size=rank, max_size=rank))

    layer: dict[str, Any] = {"type": f"{family}{rank}d", "kernel_size": amounts(1, LARGEST), "stride": amounts(1, 2)}
    layer["dilation"] = amounts(1, 2) if draw(st.booleans()) else [1] * rank
    named = rules.named and (not rules.numbers or draw(st.booleans()))
    layer["padding"] = draw(st.sampled_from(sorted(rules.named))) if named else amounts(0, 2)
    if family == "conv_transpose" and draw(st.booleans()):
        layer["output_padding"] = amounts(0, 2)
    return Asked(framework, rules, layer, amounts(1, 9))


@settings(max_examples=600)
@given(asked=layers())
def test_the_batch_accepts_what_the_single_question_accepts(asked: Asked) -> None:
    sizes = asked.accepted
    question = {"framework": asked.framework, "layer": asked.layer, "input_size": asked.sizes}
    batch = plain_sizes([question]).get(0)
    assert batch is None or batch == sizes
    is_plain = asked.layer["type"].startswith(("conv1", "conv2", "max_pool", "avg_pool")) and (
        not isinstance(asked.layer["padding"], str) or asked.layer["padding"] in ("same", "valid")
    )
    if is_plain and sizes is not None and min(sizes) > 0 and not asked.rules.truncates:
        assert batch == sizes  # a rule that is read more strictly there would leave accepted layers to the slow way


def asked_backwards(asked: Asked, hidden: frozenset[str]) -> SolveQuestion | None:
    """The question about hidden parameters; None where the endpoint refuses the layer before it asks the solver."""
    known = {name: value for name, value in asked.layer.items() if name not in hidden}
    site = sized_site(
        describe(known, ("layer",), supplied={"kernel_size": 1}), FRAMEWORKS[asked.framework], asked.sizes
    )
    assert site is not None
    if any(diagnostic.is_error and not diagnostic.has("about unknowns") for diagnostic in inspect(site)):
        return None
    bounds = {name: (int("padding" not in name), LARGEST) for name in hidden}
    return SolveQuestion(site=site, wanted=[1] * len(asked.sizes), unknown=hidden, bounds=bounds, limit=40)


def hideable(asked: Asked) -> list[str]:
    """The parameters that may be asked for; padding is asked for by name only where there are no amounts."""
    names = [name for name in PARAMETERS if name in asked.layer and name not in asked.rules.lacks]
    by_name = isinstance(asked.layer["padding"], str)
    return [name for name in names if name != "padding" or by_name != asked.rules.numbers]


@settings(max_examples=500)
@given(asked=layers(), data=st.data())
def test_the_solver_finds_a_hidden_parameter_exactly_if_the_single_question_accepts_it(
    asked: Asked, data: st.DataObject
) -> None:
    hidden = data.draw(st.sampled_from(hideable(asked)))
    question, values = asked_backwards(asked, frozenset({hidden})), asked.layer[hidden]
    whole = sized_site(describe(asked.layer, ("layer",)), FRAMEWORKS[asked.framework], asked.sizes)
    assert whole is not None
    outputs = [axis.output or 0 for axis in whole.axes]
    if question is None or not outputs or min(outputs) < 1:
        return
    solutions = solve(replace(question, wanted=outputs, limit=10_000))
    is_offered = per_axis(values, len(outputs)) in [
        per_axis(solution[hidden], len(outputs)) for solution in solutions.listed
    ]
    hidden_by_common = isinstance(values, list) and len(set(values)) > 1 and not solutions.per_axis
    assert is_offered == (asked.accepted is not None) or (hidden_by_common and not is_offered)


@settings(max_examples=500)
@given(asked=layers(), data=st.data())
def test_the_single_question_accepts_what_the_solver_offers(asked: Asked, data: st.DataObject) -> None:
    """Also rules that hold for all axes together, such as a stride beside a dilation, or one padding name for all."""
    hidden = data.draw(st.sets(st.sampled_from(hideable(asked)), min_size=1, max_size=2))
    question = asked_backwards(asked, frozenset(hidden))
    if question is None:
        return
    wanted = data.draw(st.lists(st.integers(1, 6), min_size=len(asked.sizes), max_size=len(asked.sizes)))
    for solution in solve(replace(question, wanted=wanted)).listed:
        assert asked._replace(layer={**asked.layer, **solution}).accepted == wanted, solution


def per_axis(value: Any, axes: int) -> Any:
    """A value as one entry an axis; a pair that is the same on both ends as one amount."""
    if isinstance(value, str):
        return value
    entries = [value] * axes if isinstance(value, int) else value
    return [entry[0] if isinstance(entry, list) and entry[0] == entry[1] else entry for entry in entries]
