"""Laws of the arithmetic: the inverse is the preimage, output grows with input, solved paddings solve."""

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from service.core.frameworks import FRAMEWORKS
from service.core.geometry import arithmetic
from service.core.geometry.axes import TransposedAxis, WindowAxis
from service.core.geometry.padding_pairs import named_pair
from service.core.questions.padding import solve_padding
from service.core.questions.sizes import sized_site
from service.schemas.read_layer import describe

sizes = st.integers(1, 40)
kernels = st.integers(1, 9)
strides = st.integers(1, 6)
dilations = st.integers(1, 4)


@given(size=sizes, output=st.integers(1, 40), effective=st.integers(1, 20), stride=strides)
def test_padding_totals_are_exactly_those_that_give_the_output(
    size: int, output: int, effective: int, stride: int
) -> None:
    totals = arithmetic.padding_totals(size, output, effective, stride)
    brute = [total for total in range(400) if arithmetic.floor_output(size + total, effective, stride) == output]
    assert (list(range(totals[0], totals[1] + 1)) if totals else []) == brute


@given(size=sizes, kernel=kernels, stride=strides, dilation=dilations, before=st.integers(0, 5), ceil=st.booleans())
def test_output_never_falls_as_the_input_grows(
    size: int, kernel: int, stride: int, dilation: int, before: int, ceil: bool
) -> None:
    axis = WindowAxis(
        size=size, kernel=kernel, stride=stride, dilation=dilation, before=before, after=1, ceil_mode=ceil
    )
    larger = replace(axis, size=size + 1)
    assert larger.output is not None
    assert axis.output is not None
    assert 0 <= larger.output - axis.output <= 1


@given(size=sizes, kernel=kernels, stride=strides, dilation=dilations, name=st.sampled_from(["same", "same_lower"]))
def test_same_padding_gives_the_ceiling_with_the_least_total(
    size: int, kernel: int, stride: int, dilation: int, name: str
) -> None:
    pair = named_pair(name, size, kernel, stride, dilation)
    assert pair is not None
    axis = WindowAxis(size=size, kernel=kernel, stride=stride, dilation=dilation, before=pair[0], after=pair[1])
    assert axis.output == -(-size // stride)
    assert abs(pair[0] - pair[1]) <= 1
    assert (pair[0] <= pair[1]) is (name == "same" or pair[0] == pair[1])
    if sum(pair):
        assert replace(axis, before=0, after=sum(pair) - 1).output == -(-size // stride) - 1


@given(
    size=sizes, kernel=kernels, stride=strides, dilation=dilations, before=st.integers(0, 6), after=st.integers(0, 6)
)
def test_a_transposed_convolution_undoes_the_size_up_to_what_the_stride_loses(
    size: int, kernel: int, stride: int, dilation: int, before: int, after: int
) -> None:
    down = WindowAxis(size=size, kernel=kernel, stride=stride, dilation=dilation, before=before, after=after)
    assume(down.output is not None and down.output >= 1)
    up = TransposedAxis(size=down.output, kernel=kernel, stride=stride, dilation=dilation, before=before, after=after)
    assert up.output is not None
    assert up.output + (down.unread or 0) == size


@st.composite
def layers(draw: st.DrawFn) -> dict[str, object]:
    """Window layers of two axes, each axis its own."""
    rank = 2
    family = draw(st.sampled_from(["conv", "max_pool", "avg_pool", "conv_transpose"]))
    per_axis = {
        "kernel_size": draw(st.lists(kernels, min_size=rank, max_size=rank)),
        "stride": draw(st.lists(strides, min_size=rank, max_size=rank)),
    }
    if family != "avg_pool":
        per_axis["dilation"] = draw(st.lists(dilations, min_size=rank, max_size=rank))
    extra = {"ceil_mode": draw(st.booleans())} if "pool" in family else {}
    return {"type": f"{family}{rank}d", **per_axis, **extra}


@given(layer=layers(), size=st.tuples(sizes, sizes), output=st.tuples(st.integers(1, 50), st.integers(1, 50)))
def test_every_solved_padding_gives_the_size_and_its_neighbours_outside_the_range_do_not(
    layer: dict[str, object], size: tuple[int, int], output: tuple[int, int]
) -> None:
    site = sized_site(describe(layer, ("layer",)), FRAMEWORKS["pytorch"], list(size))
    assert site is not None
    solved = solve_padding(site, list(output), ("output_size",))
    for answer, wanted in zip(solved.axes, output, strict=True):
        if answer.axis is None:
            assert (answer.below or 0) < wanted or (answer.above or 0) > wanted
            continue
        assert answer.axis.output == wanted
        assert answer.total is not None
        assert answer.axis.before is not None
        assert answer.axis.after is not None
        total = answer.axis.before + answer.axis.after
        assert answer.total[0] <= total <= answer.total[1]
        assert total % 2 == 0 or answer.total == (total, total)
        if isinstance(answer.axis, WindowAxis):
            outside = [answer.total[0] - 1, answer.total[1] + 1]
            for wrong in [total for total in outside if total >= 0]:
                before, after = arithmetic.split(wrong)
                assert replace(answer.axis, before=before, after=after).output != wanted
        else:
            assert 0 <= answer.axis.output_padding < max(answer.axis.stride, answer.axis.dilation)
