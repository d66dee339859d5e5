"""A change that is judged where it reaches gives what judging the patched body gives."""

from collections.abc import Iterator
from itertools import islice
from random import Random

import pytest

from service.core.networks.judge_network import Judgement
from service.core.networks.network import Network
from service.core.networks.repair.candidates import candidates
from service.core.networks.repair.edits import Edit, merged
from service.core.networks.repair.rewalk import BudgetSpentError, Rewalk, State
from service.core.networks.repair.search import find_repairs
from tests.core.networks.posted_body import Document, after_patch, judged_body, positions, rewalk_of
from tests.mistakes import cases
from tests.mistakes.families import FAMILIES

SEED = 12
NETWORKS = 40
"""How many broken networks are drawn."""
CANDIDATES, WALKED, REFUSED = 2_000, 60, 3
"""Of each network: the changes that are listed, those of them that are walked, and those judged that a walk refuses."""


@pytest.fixture(scope="module")
def bodies() -> list[Document]:
    pool = cases.pool_of(SEED, len(FAMILIES))
    return [case.mistake.body for case in cases.single(NETWORKS, SEED, pool=pool)]


def differences(state: State, network: Network, whole: Judgement) -> list[str]:
    """Layers of which a walk over what changed says something else than a whole judgement."""
    found = []
    for old, new in positions(state.edit, len(network.nodes)).items():
        walked = [error.rule.name for error in state.errors.get(old, ())]
        judged = [error.rule.name for error in whole.layer_errors.get(new, ())]
        shapes = state.outcome(old).outputs, whole.layers[new].outcome.outputs
        if walked != judged or shapes[0] != shapes[1]:
            found.append(f"{network.names[old]}: {walked} and {judged}, {shapes[0]} and {shapes[1]}")
    return found


def walked(state: State, rng: Random) -> Iterator[tuple[Edit, State | None]]:
    """Some of the changes that are candidates, and what a walk makes of them: of those that it refuses only a few."""
    refused = 0
    edits = [edit for edit in islice(candidates(state), CANDIDATES) if not meets_an_earlier_one(state, edit)]
    for edit in rng.sample(edits, min(WALKED, len(edits))):
        after = state.rewalk.after(state, edit)
        refused += after is None
        if after is not None or refused <= REFUSED:
            yield edit, after


def meets_an_earlier_one(state: State, edit: Edit) -> bool:
    """Whether a change says what a layer takes in of which an earlier change said so already; these are not tried."""
    again = edit.removed | {*edit.rewired, *edit.inserted}
    return bool(again & (state.edit.removed | {*state.edit.rewired, *state.edit.inserted}))


def compare(body: Document, rewalk: Rewalk, state: State, rng: Random) -> list[State]:
    """The states that some changes lead to, each compared with the whole body once it is patched."""
    reached = []
    for edit, after in walked(state, rng):
        patched = after_patch(body, merged(state.edit, edit) if state.edits else edit, rewalk.network)
        _, whole = judged_body(patched)
        if after is None:
            assert not whole.valid, (edit.title, body)
        else:
            assert differences(after, rewalk.network, whole) == [], (after.edit.title, body)
            reached.append(after)
    return reached


def test_what_is_walked_is_what_is_judged(bodies: list[Document]) -> None:
    rng = Random(SEED)
    reached = second = 0
    for body in bodies:
        rewalk = rewalk_of(body)
        if rewalk.judgement.layer_errors:
            states = compare(body, rewalk, rewalk.start(), rng)
            reached += len(states)
            left = [state for state in states if state.errors]
            second += len(compare(body, rewalk, left[0], rng)) if left else 0
    assert reached > NETWORKS
    assert second > NETWORKS // 10


def test_a_budget_that_is_spent_ends_the_walk(bodies: list[Document]) -> None:
    body = next(body for body in bodies if rewalk_of(body).judgement.layer_errors)
    rewalk = rewalk_of(body, budget=0)
    start = rewalk_of(body).start()
    edit = next(edit for edit in candidates(start) if edit.layers)
    with pytest.raises(BudgetSpentError):
        rewalk.after(rewalk.start(), edit)


def test_a_small_budget_gives_fewer_repairs_and_no_failure(bodies: list[Document]) -> None:
    for body in sorted(bodies, key=lambda body: len(body["layers"]))[:12]:
        plenty = rewalk_of(body)
        best = find_repairs(plenty.network, plenty.judgement, plenty.read, 10**6)
        for budget in (0, 1, 20, 400, 3_000):
            repairs = find_repairs(plenty.network, plenty.judgement, plenty.read, budget)
            assert best or not repairs
            assert budget or not repairs
            assert len(best) == 1 or not any(repair.alone for repair in repairs), (budget, body)
