"""One mistake is one error: what else it breaks stands below it, and repairs say what makes all of it right."""

from collections.abc import Callable
from typing import Any

import jsonpatch
import pytest

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]

PATH = "/v1/networks/validate"
CONV = {"type": "conv2d", "kernel_size": 3, "padding": 1}


def conv(taken: int, made: int, **members: Any) -> Document:
    return {**CONV, "in_channels": taken, "out_channels": made, **members}


def norm(channels: int, **members: Any) -> Document:
    return {"type": "batch_norm2d", "num_features": channels, **members}


def body_of(*layers: Document, **members: Any) -> Document:
    return {"input_shape": [2, 3, 16, 12], "layers": list(layers), **members}


def errors(report: Document) -> list[Document]:
    return [found for found in report["diagnostics"] if found["severity"] == "error"]


def places(found: list[Document]) -> list[tuple[str, str]]:
    return [(one["name"], one["location"]) for one in found]


def titles(report: Document) -> list[str]:
    return [repair["title"] for repair in report["repairs"]]


SKIP = body_of(
    conv(3, 8, name="stem"),
    conv(8, 9, name="conv"),
    norm(8, name="norm"),
    {"name": "sum", "type": "add", "inputs": ["norm", "stem"]},
    conv(8, 4),
)
"""9 channels where a normalisation, a skip and the next convolution take 8."""
DEEP = body_of(
    conv(3, 8, name="stem"),
    norm(8, name="n"),
    *[
        layer
        for at in range(8)
        for layer in (
            conv(8, 8),
            norm(8),
            {"type": "relu"},
            conv(8, 8),
            norm(8, name=f"n{at}"),
            {"name": f"add{at}", "type": "add", "inputs": [f"n{at}", f"add{at - 1}" if at else "n"]},
        )
    ],
    {"type": "adaptive_avg_pool2d", "output_size": 1},
    {"type": "flatten"},
    {"type": "linear", "in_features": 8, "out_features": 10},
    input_shape=[3, 16, 12],
)
"""A residual network of 53 layers whose input has no batch axis."""
TWO = body_of(conv(3, 8), norm(8), conv(8, 16), norm(15), conv(16, 16), norm(16), conv(16, 32), norm(64), conv(32, 8))
"""Two normalisations of other numbers of channels than all around them take."""
TYPO = body_of(conv(3, 8, name="stem"), conv(8, 8, name="next", inputs=["stm"]), norm(8))
TWICE = body_of(conv(3, 8, name="a"), conv(8, 8, name="a"), norm(8))
CYCLE = body_of(conv(3, 8, name="a", inputs=["c"]), {"name": "b", "type": "relu"}, conv(8, 3, name="c"))
HIDDEN = body_of(conv(3, 8, name="a"), conv(8, 8, name="b", inputs=["aa"]), conv(8, 8), norm(7), conv(8, 8))
"""A name that nothing has, and behind it a normalisation of which nothing can be said until it is mended."""
ALL = {"skip": SKIP, "deep": DEEP, "two": TWO, "typo": TYPO, "twice": TWICE, "cycle": CYCLE, "hidden": HIDDEN}


@pytest.mark.parametrize("body", ALL.values(), ids=ALL)
def test_every_repair_leaves_no_error_and_every_fix_mends_its_own(body: Document, answered: Answered) -> None:
    report = answered(PATH, body)
    assert not report["valid"]
    assert report["repairs"]
    for repair in report["repairs"]:
        assert answered(PATH, jsonpatch.apply_patch(body, repair["patch"]))["valid"], repair["title"]
    for found in errors(report):
        for fix in found["fixes"]:
            mended = answered(PATH, jsonpatch.apply_patch(body, fix["patch"]))
            assert (found["name"], found["location"]) not in places(errors(mended)), fix["title"]


@pytest.mark.parametrize("body", ALL.values(), ids=ALL)
def test_a_repair_says_which_errors_it_removes(body: Document, answered: Answered) -> None:
    report = answered(PATH, body)
    of_errors = [place for place, found in enumerate(report["diagnostics"]) if found["severity"] == "error"]
    assert all(repair["removes"] == of_errors for repair in report["repairs"])
    assert len({repair["title"] for repair in report["repairs"]}) == len(report["repairs"])


class TestOneMistake:
    """The error nearest to the change is told, the others under it."""

    def test_what_a_number_of_channels_breaks_are_its_consequences(self, answered: Answered) -> None:
        [error] = errors(report := answered(PATH, SKIP))
        assert (error["name"], error["location"]) == ("channel-mismatch", "/layers/2/num_features")
        assert places(error["consequences"]) == [("branch-shape-mismatch", "/layers/3/inputs")]
        assert titles(report)[0] == "set `out_channels` of `conv` to 8"
        assert report["repairs"][0]["patch"] == [
            {"op": "test", "path": "/layers/1/out_channels", "value": 9},
            {"op": "replace", "path": "/layers/1/out_channels", "value": 8},
        ]
        assert error["fixes"][0]["patch"] == report["repairs"][0]["patch"]

    def test_consequences_have_no_fixes_and_no_consequences(self, answered: Answered) -> None:
        for body in ALL.values():
            for error in errors(answered(PATH, body)):
                for consequence in error.get("consequences", ()):
                    assert consequence["fixes"] == []
                    assert "consequences" not in consequence

    def test_a_missing_batch_axis_in_a_deep_network(self, answered: Answered) -> None:
        [error] = errors(report := answered(PATH, DEEP))
        assert (error["name"], error["location"]) == ("rank-mismatch", "/layers/1/type")
        assert len(error["consequences"]) == 17
        assert titles(report)[0] == error["help"] == "give the input a batch axis: [1, 3, 16, 12]"

    def test_a_sound_network_has_no_repairs(self, answered: Answered) -> None:
        report = answered(PATH, jsonpatch.apply_patch(SKIP, answered(PATH, SKIP)["repairs"][0]["patch"]))
        assert report["valid"]
        assert "repairs" not in report

    def test_where_nothing_mends_it_there_are_none(self, answered: Answered) -> None:
        report = answered(PATH, body_of(conv(3, 8), {"type": "no_such_layer"}, norm(8)))
        assert places(errors(report)) == [("unknown-layer-type", "/layers/1/type")]
        assert report["repairs"] == []


class TestSafe:
    """A change is safe where it is the only one, and only lets numbers agree."""

    def test_the_only_one(self, answered: Answered) -> None:
        report = answered(PATH, body_of(conv(3, 4), norm(5), conv(4, 4)))
        [error] = errors(report)
        assert [(fix["title"], fix["applicability"]) for fix in error["fixes"]] == [("set `num_features` to 4", "safe")]
        assert [repair["applicability"] for repair in report["repairs"]] == ["safe"]

    def test_either_of_two_numbers(self, answered: Answered) -> None:
        report = answered(PATH, body_of({**CONV, "out_channels": 64}, {**CONV, "in_channels": 32, "out_channels": 8}))
        assert {"set `in_channels` to 64", "set `out_channels` of `conv2d_0` to 32"} <= set(titles(report))
        assert {repair["applicability"] for repair in report["repairs"]} == {"unsafe"}
        assert {fix["applicability"] for fix in errors(report)[0]["fixes"]} == {"unsafe"}

    @pytest.mark.parametrize("body", ALL.values(), ids=ALL)
    def test_one_of_several_is_never_safe(self, body: Document, answered: Answered) -> None:
        report = answered(PATH, body)
        if len(report["repairs"]) > 1:
            assert all(repair["applicability"] == "unsafe" for repair in report["repairs"])


class TestTwoMistakes:
    """Two mistakes that have nothing to do with each other are two errors, and one repair mends both."""

    def test_both_are_told_with_a_fix_each(self, answered: Answered) -> None:
        report = answered(PATH, TWO)
        assert places(errors(report)) == [
            ("channel-mismatch", "/layers/3/num_features"),
            ("channel-mismatch", "/layers/7/num_features"),
        ]
        assert [error["fixes"][0]["title"] for error in errors(report)] == [
            "set `num_features` to 16",
            "set `num_features` to 32",
        ]
        assert titles(report)[0] == "set `num_features` to 16, and set `num_features` to 32"

    def test_one_that_only_shows_once_the_other_is_mended(self, answered: Answered) -> None:
        report = answered(PATH, HIDDEN)
        assert places(errors(report)) == [
            ("unknown-input", "/layers/1/inputs/0"),
            ("channel-mismatch", "/layers/3/num_features"),
        ]
        assert titles(report) == ["write `a`, and set `num_features` to 8"]


class TestNames:
    """Names are mended before the layers that they connect."""

    @pytest.mark.parametrize(
        ("body", "name", "location", "first"),
        [
            (TYPO, "unknown-input", "/layers/1/inputs/0", "write `stem`"),
            (TWICE, "duplicate-name", "/layers/1/name", "call layer 1 `a_2`"),
            (CYCLE, "cycle", "/layers/0/inputs", "let `a` take `input` in place of `c`"),
        ],
    )
    def test_each_is_one_error(self, body: Document, name: str, location: str, first: str, answered: Answered) -> None:
        report = answered(PATH, body)
        assert places(errors(report)) == [(name, location)]
        assert titles(report)[0] == errors(report)[0]["help"] == first


class TestLeanAnswers:
    """Who asks for sizes alone gets what is wrong, and no repairs."""

    def test_sizes(self, answered: Answered) -> None:
        report = answered(PATH, {**SKIP, "detail": "sizes"})
        assert "repairs" not in report
        assert [found["name"] for found in errors(report)] == ["channel-mismatch", "branch-shape-mismatch"]
        assert all("consequences" not in found for found in report["diagnostics"])

    def test_an_item_of_a_batch_is_answered_as_it_is_alone(self, answered: Answered) -> None:
        results = answered("/v1/batch", {"operation": "networks/validate", "items": [SKIP, TYPO]})["results"]
        for body, result in zip((SKIP, TYPO), results, strict=True):
            alone = answered(PATH, body)
            assert places(errors(result["body"])) == places(errors(alone))
            assert titles(result["body"])[0] == titles(alone)[0]

    def test_a_batch_of_sizes_has_names_alone(self, answered: Answered) -> None:
        lean = {"operation": "networks/validate", "items": [SKIP], "detail": "sizes"}
        [result] = answered("/v1/batch", lean)["results"]
        assert result["body"]["diagnostics"] == ["channel-mismatch", "branch-shape-mismatch"]
        assert "repairs" not in result["body"]


def test_many_items_share_what_may_be_tried(answered: Answered) -> None:
    """However many broken networks are asked about at once, each is answered."""
    results = answered("/v1/batch", {"operation": "networks/validate", "items": [TWO] * 40})["results"]
    assert [result["status"] for result in results] == [200] * 40
    assert all(len(errors(result["body"])) >= 2 for result in results)
