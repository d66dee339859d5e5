"""Every endpoint that takes a body refuses what is small and asks for very much, and allocates nothing for it."""

from collections import Counter
from time import process_time

import pytest
from flask.testing import FlaskClient

from service.operations import OPERATIONS
from tests.fuzz.bombs import BOMBS, Bomb, peak_of

OF_A_BYTE, BESIDE = 48, 1_000_000
"""Bytes that may be allocated: for each byte of the body, which is read and may become a message, and at all."""
SWITCHES = {"/v2/repository/index"}
"""Paths whose body can ask for nothing but a choice."""
SECONDS = 3
"""Far more than any takes; `python -m tests.fuzz.bombs` measures them."""


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: f"{bomb.path} {bomb.name}")
def test_a_bomb_is_refused_and_nothing_is_allocated(client: FlaskClient, bomb: Bomb) -> None:
    began = process_time()
    assert 400 <= bomb.post(client).status_code < 500
    assert bomb.loops or process_time() - began < SECONDS
    if not bomb.loops:
        _, peak = peak_of(bomb, client)
        assert peak < OF_A_BYTE * len(bomb.body) + BESIDE


def test_every_endpoint_that_takes_a_body_has_bombs() -> None:
    paths = Counter(bomb.path.replace("/conv2d/", "/{model}/") for bomb in BOMBS)
    taking = {operation.path for operation in OPERATIONS if operation.has_body and "versions" not in operation.path}
    assert {path for path, count in paths.items() if count > 4} == taking - SWITCHES
