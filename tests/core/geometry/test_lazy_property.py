"""Properties that are computed once."""

from service.core.geometry.lazy_property import lazy_property


class Counted:
    def __init__(self) -> None:
        self.times = 0

    @lazy_property
    def answer(self) -> int:
        """The answer."""
        self.times += 1
        return 42


def test_the_value_is_computed_once_for_each_instance() -> None:
    first, second = Counted(), Counted()
    assert (first.answer, first.answer, first.times, second.times) == (42, 42, 1, 0)


def test_the_class_shows_what_is_computed() -> None:
    assert Counted.answer.__doc__ == "The answer."
