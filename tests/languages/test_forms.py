"""Sentences with holes: where they fit, where they do not, and what is in their holes."""

import pytest

from service.languages.forms import Form, Text, forms_of
from service.languages.language import Language, Reading

TABLES = Language(
    tag="xx",
    takes=lambda wanted: wanted == "xx",
    rows={"rule": [("{name} is {size}", "{name}: {size}"), ("{name} is {size} too long", "{name} > {size}")]},
    anywhere=[("remove {what}", "- {what}"), ("set `{word}` of `{name}` to {rest}", "`{name}`.`{word}` = {rest}")],
    fragments=[("the layer", "L"), ("a list of {count}", "[{count}]"), ("said: {raw_text}", "{raw_text}!")],
    joints=[("{first}; {rest}", "{first} / {rest}"), ("{first} and {rest}", "{first} + {rest}")],
    tidy=str.strip,
)


def holes(english: str, text: str) -> dict[str, str] | None:
    found = Form(english, "").holes_of(Text.of(text))
    return None if found is None else {**found[0], **found[1]}


@pytest.mark.parametrize(
    ("english", "text", "expected"),
    [
        ("{a} is {b}", "x is 3", {"a": "x", "b": "3"}),
        ("{a} is {b}", "x is ", None),
        ("{a} is {b}", " is 3", None),
        ("it is", "it is", {}),
        ("it is", "it is not", None),
        ("{a} and {b}", "1 and 2 and 3", None),
        ("{a} and {rest}", "1 and 2 and 3", {"a": "1", "rest": "2 and 3"}),
        ("`{a}` and `{b}`", "`x and y` and `z`", {"a": "x and y", "b": "z"}),
        ("`{a}:0` to `{a}:{b}`", "`x:0` to `x:7`", {"a": "x", "b": "7"}),
        ("`{a}:0` to `{a}:{b}`", "`x:0` to `y:7`", None),
        ("put a `flatten` before", "put a `flatten` before", {}),
        ("put a `flatten` before", "put a `reshape` before", None),
        ("{a} is {b}, but {c}", "`k` is [1, but 2], but no", {"a": "`k`", "b": "[1, but 2]", "c": "no"}),
        ("{a} of {b}", '"1 of 2" of [[3, 4], [5]]', {"a": '"1 of 2"', "b": "[[3, 4], [5]]"}),
        ("{a} is {b}", '`x` is "cut of...', {"a": "`x`", "b": '"cut of...'}),
    ],
)
def test_a_form_fits_in_one_way_or_not_at_all(english: str, text: str, expected: dict[str, str] | None) -> None:
    assert holes(english, text) == expected


def test_each_choice_is_a_form_and_the_longest_comes_first() -> None:
    forms = forms_of([("{n} <axis|axes>", "{n}"), ("there <is|are> {n} spatial <axis|axes>", "{n}")])
    assert len({form.english for form in forms}) == len(forms) == 6
    assert [forms[0].english, forms[-1].english] == ["there are {n} spatial axis", "{n} axes"]
    assert [form.weight for form in forms] == sorted((form.weight for form in forms), reverse=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("`k` is 3", "`k`: 3"),
        ("the layer is a list of 4", "L: [4]"),
        ("`k` is 3 too long", "`k` > 3"),
        ("remove `x`", "- `x`"),
        ("remove `x`; `k` is 3", "- `x` / `k`: 3"),
        ("remove the layer and said: any words at all", "- L + any words at all!"),
        ("set `is 3` of `and` to 2; remove `x`", "`and`.`is 3` = 2 / - `x`"),
        ("remove the house", None),
        ("remove `x`; think about it", None),
        ("remove \0", None),
    ],
)
def test_a_text_comes_out_whole_or_not_at_all(text: str, expected: str | None) -> None:
    assert TABLES.translate("rule", text) == expected


def test_rows_are_those_of_the_diagnostic() -> None:
    assert TABLES.translate("another", "`k` is 3") is None
    assert TABLES.translate("another", "remove `x`") == "- `x`"


def test_texts_that_callers_write_are_given_up_soon() -> None:
    """Every word could be a joint; each part that is looked up counts."""
    text = "; ".join(["the house and the other"] * 60)
    reading = Reading(TABLES, "rule")
    assert reading.sentence(text) is None
    assert TABLES.translate("rule", "remove " + "x" * 3000) is None
