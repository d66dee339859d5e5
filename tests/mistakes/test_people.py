"""What people ask about in forums: the first repair is what the accepted answer says, and there is one error."""

from collections import Counter

import pytest

from tests.mistakes.people import TOLD, Told
from tests.mistakes.people.words import is_mended
from tests.mistakes.service import ask, errors_of, is_valid
from tests.mistakes.verdict import patched, repairs_of

IDS = [f"{told.mistake}, {told.family}".replace(" ", "-") for told in TOLD]


def test_each_mistake_is_made_in_five_families() -> None:
    assert len(set(IDS)) == len(TOLD)
    counts = Counter(told.mistake for told in TOLD)
    assert len(counts) == 14
    assert set(counts.values()) == {5}


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
