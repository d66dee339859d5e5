"""Every endpoint that takes a body refuses what is small and asks for very much, and allocates nothing for it."""

from collections import Counter
from contextlib import nullcontext

import pytest
from flask.testing import FlaskClient

from service.operations import OPERATIONS
from tests.effort import Calls, calls, hang_guard
from tests.fuzz.bombs import BOMBS, Bomb, peak_of

OF_A_BYTE, BESIDE = 48, 1_000_000
"""Bytes that may be allocated: for each byte of the body, which is read and may become a message, and at all."""
SWITCHES = {"/v2/repository/index"}
"""Paths whose body can ask for nothing but a choice."""
CALLS_OF_A_BYTE, CALLS_BESIDE = 1, 2_000_000
"""Calls that may be made: for each byte, and at all. `max_trials` bounds the most that any makes, 750,000."""


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: f"{bomb.path} {bomb.name}")
def test_a_bomb_is_refused_and_nothing_is_allocated(client: FlaskClient, bomb: Bomb) -> None:
    with hang_guard(), nullcontext(Calls()) if bomb.loops else calls() as made:
        assert 400 <= bomb.post(client).status_code < 500
    if not bomb.loops:
        assert made.count < CALLS_OF_A_BYTE * len(bomb.body) + CALLS_BESIDE
        _, peak = peak_of(bomb, client)
        assert peak < OF_A_BYTE * len(bomb.body) + BESIDE


def test_every_endpoint_that_takes_a_body_has_bombs() -> None:
    paths = Counter(bomb.path.replace("/conv2d/", "/{model}/") for bomb in BOMBS)
    taking = {operation.path for operation in OPERATIONS if operation.has_body and "versions" not in operation.path}
    assert {path for path, count in paths.items() if count > 4} == taking - SWITCHES
