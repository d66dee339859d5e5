"""What people ask about in forums: the first repair is what the accepted answer says, and there is one error."""

import json
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy

import jsonpatch
import pytest

from tests.mistakes.people import TOLD, Told
from tests.mistakes.people.words import Document, is_mended
from tests.mistakes.service import ask, errors_of, is_valid
from tests.mistakes.verdict import patched, repairs_of

IDS = [f"{told.mistake}, {told.family}".replace(" ", "-") for told in TOLD]


def test_each_mistake_is_made_in_five_families() -> None:
    assert len(set(IDS)) == len(TOLD)
    counts = Counter(told.mistake for told in TOLD)
    assert len(counts) == 14
    assert set(counts.values()) == {5}


def candidates(told: Told) -> Iterator[Document]:
    """Bodies that may be what is expected: values put where they belong, a layer put in or left out, ranks, groups."""
    layers = told.body["layers"]
    for expected in told.mended:
        body = deepcopy(told.body)
        for pointer, value in expected.items():
            if not callable(value) and not pointer.endswith("#"):
                jsonpatch.apply_patch(body, [{"op": "add", "path": pointer, "value": value}], in_place=True)
        yield body
        flat = {"type": "nn.Flatten"}
        yield from ({**told.body, "layers": [*layers[:at], flat, *layers[at:]]} for at in range(len(layers)))
        for at, layer in enumerate(layers):
            without = [*layers[:at], *layers[at + 1 :]]
            name, before = layer.get("name"), layers[at - 1].get("name")
            yield json.loads(json.dumps({**told.body, "layers": without}).replace(f'["{name}"]', f'["{before}"]'))
            yield {**told.body, "layers": [*layers[:at], {**layer, "groups": 1}, *layers[at + 1 :]]}
    yield json.loads(json.dumps(told.body).replace("3d", "2d"))


@pytest.mark.parametrize("told", TOLD, ids=IDS)
def test_what_is_expected_is_a_valid_network_and_what_is_told_is_not(told: Told) -> None:
    assert not is_valid(told.body)
    found = [body for body in candidates(told) if any(is_mended(body, expected) for expected in told.mended)]
    assert any(is_valid(body) for body in found), len(found)


@pytest.mark.parametrize("told", TOLD, ids=IDS)
def test_the_first_repair_is_that_of_the_accepted_answer(told: Told) -> None:
    answer = ask(told.body)
    errors = errors_of(answer)
    assert len(errors) == 1, [(error["name"], error["location"], error["message"]) for error in errors]
    repairs = repairs_of(answer)
    assert repairs, errors
    first = patched(told.body, repairs[0])
    assert first is not None, repairs[0]
    assert any(is_mended(first, expected) for expected in told.mended), [repair["title"] for repair in repairs[:4]]
    assert is_valid(first)
    safe = [fix for fix in (*repairs, *errors[0]["fixes"]) if fix["applicability"] == "safe"]
    for fix in safe:
        mended = patched(told.body, fix)
        assert mended is not None
        assert any(is_mended(mended, expected) for expected in told.mended), fix["title"]
