"""The solver against brute force: nothing missing, nothing extra, in every framework."""

import json
from dataclasses import replace
from itertools import product
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from service.core.frameworks import FRAMEWORKS
from service.core.questions.sizes import sized_site, sizes_at
from service.core.questions.solve import UNKNOWNS, SolveQuestion, solve
from service.schemas.read_layer import describe

BOUNDS = {
    "kernel_size": (1, 4),
    "stride": (1, 3),
    "padding": (0, 3),
    "dilation": (1, 3),
    "output_padding": (0, 2),
    "input_size": (1, 9),
}
Asked = tuple[str, dict[str, Any], int, int, frozenset[str]]


@st.composite
def questions(draw: st.DrawFn) -> Asked:
    """A framework, a layer of one axis without its unknowns, an input size, the output wanted, and the unknowns."""
    framework = FRAMEWORKS[draw(st.sampled_from(sorted(FRAMEWORKS)))]
    family = draw(st.sampled_from(["conv", "max_pool", "avg_pool", "lp_pool", "conv_transpose"]))
    rules = framework.rules_for(f"{family}1d", family)
    assume(rules is not None)
    assert rules is not None
    lacking = rules.lacks | ({"output_padding"} if family != "conv_transpose" else set())
    own = [name for name in UNKNOWNS if name not in lacking]
    unknown = frozenset(draw(st.lists(st.sampled_from(own), min_size=1, max_size=3, unique=True)))
    names = sorted(rules.named)
    known = {
        "kernel_size": draw(st.integers(1, 5)),
        "stride": draw(st.integers(1, 3)),
        "padding": draw(st.integers(0, 2)) if rules.numbers else draw(st.sampled_from(names)),
        "dilation": draw(st.integers(1, 2)),
        "output_padding": draw(st.integers(0, 2)),
    }
    optional = {"output_padding", "stride"} if family != "conv" else {"output_padding"}
    given_names = {name for name in known if name in own and name not in unknown}
    left_out = {name for name in given_names & optional if draw(st.booleans())}
    layer = {"type": f"{family}1d", **{name: known[name] for name in sorted(given_names - left_out)}}
    if "pool" in family and "ceil_mode" not in rules.lacks:
        layer["ceil_mode"] = draw(st.booleans())
    if family == "conv":
        layer["padding_mode"] = draw(st.sampled_from(sorted(rules.padding_modes)))
    if family != "conv_transpose" and "input_dilation" not in rules.lacks:
        layer["input_dilation"] = draw(st.integers(1, 3))
    return framework.name, layer, draw(st.integers(1, 9)), draw(st.integers(1, 8)), unknown


def brute_force(asked: Asked) -> set[str]:
    """Every combination within the bounds that gives the wanted size by the rules of `POST /v1/output-size`."""
    name, layer, size, wanted, unknown = asked
    framework = FRAMEWORKS[name]
    rules = framework.rules_for(layer["type"], layer["type"][:-2])
    assert rules is not None

    def values(parameter: str) -> list[Any]:
        amounts = list(range(BOUNDS[parameter][0], BOUNDS[parameter][1] + 1))
        if parameter != "padding":
            return amounts
        if not rules.numbers:
            return sorted(rules.named)
        uneven = [[[before, after]] for before, after in product(amounts, amounts) if before != after]
        return amounts + (uneven if rules.uneven else [])

    solutions = set()
    names = [parameter for parameter in UNKNOWNS if parameter in unknown]
    for combination in product(*map(values, names)):
        parameters = dict(zip(names, combination, strict=True))
        own = {parameter: value for parameter, value in parameters.items() if parameter != "input_size"}
        described = describe({**layer, **own}, ("layer",))
        site = sized_site(described, framework, parameters.get("input_size", size))
        assert site is not None
        sizes = sizes_at(site)
        if not any(diagnostic.is_error for diagnostic in sizes.diagnostics) and sizes.output_size == [wanted]:
            solutions.add(json.dumps(parameters, sort_keys=True))
    return solutions


@settings(max_examples=300)
@given(asked=questions())
def test_every_solution_within_the_bounds_is_found_and_no_other(asked: Asked) -> None:
    name, layer, size, wanted, unknown = asked
    site = sized_site(describe(layer, ("layer",), supplied={"kernel_size": 1}), FRAMEWORKS[name], size)
    assert site is not None
    if "input_size" in unknown:
        site = replace(site, inputs=((None, None, None),))
    answer = solve(SolveQuestion(site=site, wanted=[wanted], unknown=unknown, bounds=BOUNDS, limit=10_000))
    listed = [json.dumps(solution, sort_keys=True) for solution in answer.listed]
    assert answer.complete
    assert answer.count == len(listed) == len(set(listed))
    assert set(listed) == brute_force(asked)
