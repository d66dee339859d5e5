"""Solutions of axes put together: every combination that holds on all of them, simplest first, and no other."""

from itertools import product

import pytest

from service.core.frameworks import FRAMEWORKS
from service.core.frameworks.window_rules import WindowRules
from service.core.questions.combinations import Candidate, combined, count_combined

KERAS = FRAMEWORKS["keras"].rules["conv"]
PYTORCH = FRAMEWORKS["pytorch"].rules["conv"]


def candidates(paddings: list[tuple[int, int] | str]) -> dict[Candidate, range]:
    """Candidates of every stride and dilation up to 2, with one input size for the first padding and two for others."""
    return {
        Candidate(3, stride, dilation, padding, None): range(5, 6 if padding == paddings[0] else 7)
        for stride, dilation, padding in product((1, 2), (1, 2), paddings)
    }


def hold_together(combination: tuple[Candidate, ...], rules: WindowRules) -> bool:
    """Whether one layer can have these candidates on its axes, asked of each combination by itself."""
    names = {candidate.padding if isinstance(candidate.padding, str) else None for candidate in combination}
    stride, dilation = max(part.stride for part in combination), max(part.dilation for part in combination)
    named = len(names) == 1 and all(name is None or rules.takes_name_with_stride(name, stride) for name in names)
    return bool(named and rules.takes_stride_with_dilation(stride, dilation))


@pytest.mark.parametrize(
    ("rules", "paddings"),
    [(KERAS, ["same", "valid"]), (PYTORCH, [(0, 0), (1, 1)]), (PYTORCH, ["same"])],
    ids=["Keras by name", "PyTorch in amounts", "PyTorch by name"],
)
def test_every_combination_that_holds_together_is_given_once_and_counted(
    rules: WindowRules, paddings: list[tuple[int, int] | str]
) -> None:
    axes = [candidates(paddings), dict(list(candidates(paddings).items())[::2])]
    given = list(combined(axes, rules))
    assert len(given) == len(set(given))
    assert set(given) == {combination for combination in product(*axes) if hold_together(combination, rules)}
    sizes = [len(axes[0][first]) * len(axes[1][second]) for first, second in given]
    assert count_combined(axes, rules) == sum(sizes)


def test_simpler_combinations_come_first() -> None:
    axes = [candidates([(0, 0), (1, 1)]), candidates([(0, 0)])]
    ranked = [sorted(solutions, key=lambda candidate: candidate.rank) for solutions in axes]
    places = [
        sum(own.index(part) for own, part in zip(ranked, given, strict=True)) for given in combined(axes, PYTORCH)
    ]
    assert places == sorted(places)
    assert places[0] == 0
