"""Many questions computed at once, as columns: each answer is that of the question by itself."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.questions.batch import plain_sizes
from service.operations import Context
from service.operations.output_size import OPERATION
from service.problems import Problem

LEAN = Context(lean=True)

numbers = st.one_of(st.integers(-1, 9), st.sampled_from([True, 2.0, "3", None, 2**31, 2**31 - 1, 2**64, 10**30]))
soundly = st.integers(1, 9)
OTHERS = ["out_channels", "filters", "groups", "ceil_mode", "pads", "name", "strides", "pool_size"]


@st.composite
def questions(draw: st.DrawFn) -> Any:
    """Mostly sound questions in every framework; some have wrong values in any place."""
    rank = draw(st.integers(1, 3))
    family = draw(st.sampled_from(["conv", "max_pool", "avg_pool", "lp_pool"]))
    value = numbers if draw(st.integers(0, 3)) == 0 else soundly

    def amount() -> Any:
        return draw(st.lists(value, min_size=rank, max_size=rank) if draw(st.booleans()) else value)

    layer: Any = {"type": f"{family}{rank}d", "kernel_size": amount()}
    for name, other in (("stride", "strides"), ("padding", "padding"), ("dilation", "dilation_rate")):
        if draw(st.booleans()):
            layer[draw(st.sampled_from([name, name, other]))] = amount()
    if draw(st.integers(0, 3)) == 0:
        layer["padding"] = draw(st.sampled_from(["same", "valid", "SAME", "causal", "same_lower"]))
    if draw(st.integers(0, 3)) == 0:
        layer["pads"] = draw(st.lists(value, min_size=rank, max_size=rank)) * draw(st.sampled_from([1, 2, 2, 3]))
    if draw(st.integers(0, 5)) == 0:
        layer[draw(st.sampled_from(OTHERS))] = amount()
    question: Any = {"layer": layer, "input_size": amount()}
    if draw(st.booleans()):
        question["framework"] = draw(st.sampled_from(["pytorch", "keras", "onnx", "jax", "caffe"]))
    return draw(st.sampled_from([question] * 9 + [layer, None, 3, {}]))


@settings(max_examples=400)
@given(asked=st.lists(questions(), min_size=1, max_size=12))
def test_every_answer_of_the_columns_is_that_of_the_single_question(asked: list[Any]) -> None:
    answers = plain_sizes(asked)
    for index, sizes in answers.items():
        assert OPERATION.respond(asked[index], LEAN) == {"output_size": sizes}, asked[index]
        assert all(type(size) is int for size in sizes)


@given(sizes=st.lists(st.tuples(st.integers(1, 40), soundly, soundly), min_size=1, max_size=20))
def test_the_columns_take_the_spellings_of_keras(sizes: list[tuple[int, int, int]]) -> None:
    words = [
        {"type": "conv2d", "filters": 8, "kernel_size": kernel, "strides": stride, "padding": "same"}
        for _, kernel, stride in sizes
    ]
    asked = [
        {"framework": "keras", "input_size": size, "layer": layer}
        for (size, _, _), layer in zip(sizes, words, strict=True)
    ]
    assert plain_sizes(asked) == {
        n: OPERATION.respond(question, LEAN)["output_size"] for n, question in enumerate(asked)
    }


@given(
    asked=st.lists(
        st.builds(
            lambda size, kernel, stride, padding: {
                "input_size": size,
                "layer": {"type": "conv2d", "kernel_size": kernel, "stride": stride, "padding": padding},
            },
            st.lists(st.integers(1, 40), min_size=2, max_size=2),
            soundly,
            soundly,
            st.integers(0, 5),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_the_columns_answer_every_sound_convolution(asked: list[Any]) -> None:
    """Columns that answered nothing would pass the first test."""
    answers = plain_sizes(asked)
    for index, question in enumerate(asked):
        try:
            sizes = OPERATION.respond(question, LEAN)["output_size"]
        except Problem:
            assert index not in answers
            continue
        assert answers[index] == sizes
