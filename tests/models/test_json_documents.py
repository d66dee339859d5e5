"""JSON that is read from models."""

import pytest

from service.models.json_documents import read_json
from service.models.reading import TextPlace, UnreadableModelError
from service.schemas.posted_model import reading_limits

BROKEN = '{"layers": [\n  {"type": }]}'


def test_a_posted_text_that_is_no_json_is_wrong_at_its_place() -> None:
    with pytest.raises(UnreadableModelError, match="is no JSON") as raised:
        read_json(BROKEN, "the text", reading_limits())
    assert raised.value.place == TextPlace(line=2, column=12, end_line=2, end_column=13, text='  {"type": }]}')


def test_json_inside_a_file_has_no_place_in_what_was_posted() -> None:
    with pytest.raises(UnreadableModelError, match="is no JSON") as raised:
        read_json(BROKEN.encode(), "the configuration", reading_limits())
    assert raised.value.place is None
