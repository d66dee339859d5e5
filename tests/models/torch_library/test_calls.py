"""What single calls of the library write down, and what they give back to the program."""

from typing import Any

import pytest

from service.models.source.host import NotKnownError, RaisedError, Unknown
from tests.models.torch_library.standing_in import StandingIn


@pytest.fixture
def run() -> StandingIn:
    return StandingIn()


def last(run: StandingIn) -> dict[str, Any]:
    """The layer that was written down last."""
    return run.recorder.layers[-1]


def test_a_module_is_written_with_the_arguments_that_were_given_and_no_others(run: StandingIn) -> None:
    x = run.input(2, 3, 32, 48)
    y = run.of("torch.nn.Conv2d", 3, 8, 5, stride=(2, 1)).call([x], {}, run)
    assert y.shape == (2, 8, 14, 44)
    assert last(run) == {
        "name": "net.conv2d", "type": "Conv2d", "in_channels": 3, "out_channels": 8, "kernel_size": 5,
        "stride": [2, 1], "inputs": ["input"],
    }  # fmt: skip


def test_a_module_tells_its_arguments_and_the_shapes_of_its_weights(run: StandingIn) -> None:
    conv = run.of("torch.nn.Conv2d", 6, 8, 3, groups=2, bias=False)
    told = {name: run.attribute(conv, name) for name in ("out_channels", "kernel_size", "stride", "bias", "groups")}
    assert told == {"out_channels": 8, "kernel_size": (3, 3), "stride": (1, 1), "bias": None, "groups": 2}
    assert run.attribute(conv, "weight").shape == (8, 3, 3, 3)


def test_an_argument_too_many_is_refused_as_python_refuses_it(run: StandingIn) -> None:
    with pytest.raises(RaisedError, match=r"takes 1 positional arguments but 2 were given"):
        run.of("torch.nn.ReLU", True, True)


@pytest.mark.parametrize(
    ("pattern", "sizes", "shape"),
    [
        ("b c h w -> b (h w) c", {}, (2, 1536, 3)),
        ("b c (h p) (w q) -> b (h w) (p q c)", {"p": 4, "q": 8}, (2, 48, 96)),
        ("b ... w -> b w ...", {}, (2, 48, 3, 32)),
        ("b c h w -> b 1 c h w", {}, (2, 1, 3, 32, 48)),
    ],
)
def test_patterns_of_axes_are_reshapes_and_permutations(run: StandingIn, pattern: str, sizes: Any, shape: Any) -> None:
    assert run.of("einops.rearrange", run.input(2, 3, 32, 48), pattern, **sizes).shape == shape
    assert {layer["type"] for layer in run.recorder.layers} <= {"Tensor.reshape", "Tensor.permute"}


def test_patterns_reduce_and_repeat(run: StandingIn) -> None:
    x = run.input(2, 3, 32, 48)
    assert run.of("einops.reduce", x, "b c (h 2) (w 2) -> b c h w", "max").shape == (2, 3, 16, 24)
    assert run.of("einops.repeat", x, "b c h w -> b (r c) h w", r=4).shape == (2, 12, 32, 48)


def test_axes_in_brackets_are_joined_and_others_stay_apart(run: StandingIn) -> None:
    x = run.input(2, 6, 4, 5)
    assert run.of("einops.rearrange", x, "b (h d) ... -> b h (...) d", h=2).shape == (2, 2, 20, 3)


def test_what_is_packed_can_be_unpacked(run: StandingIn) -> None:
    x, token = run.input(2, 9, 8), run.of("torch.zeros", 2, 8)
    packed, shapes = run.of("einops.pack", [token, x], "b * d")
    assert (packed.shape, shapes) == ((2, 10, 8), [(), (9,)])
    first, second = run.of("einops.unpack", packed, shapes, "b * d")
    assert (first.shape, second.shape) == ((2, 8), (2, 9, 8))


def test_a_number_where_a_flag_is_meant_is_true_or_false(run: StandingIn) -> None:
    run.of("torch.nn.Linear", 4, 8, bias=1).call([run.input(2, 4)], {}, run)
    assert last(run)["bias"] is True


def test_a_pattern_whose_sizes_do_not_divide_raises(run: StandingIn) -> None:
    with pytest.raises(RaisedError, match="can't divide axis of length 32 in chunks of 5"):
        run.of("einops.rearrange", run.input(2, 3, 32, 48), "b c (h p) w -> b h p c w", p=5)


def test_what_depends_on_constants_only_is_no_layer_until_one_takes_it(run: StandingIn) -> None:
    x = run.input(2, 4, 6)
    positions = run.of("torch.arange", 6).operate("*", 2, run, reflected=False)
    grid = run.of("torch.cat", [positions, positions]).item(slice(0, 6), run)
    assert run.recorder.layers == []
    assert x.operate("+", grid, run, reflected=False).shape == (2, 4, 6)
    assert [layer["type"] for layer in run.recorder.layers] == ["constant", "operator.add"]


def test_values_of_schedules_are_known(run: StandingIn) -> None:
    rates = run.of("torch.linspace", 0, 0.3, 4)
    parts = run.method(rates, "split", [1, 3])
    assert [run.method(part, "tolist") for part in parts] == [
        [0.0],
        pytest.approx([0.1, 0.2, 0.3]),
    ]
    assert run.method(run.of("torch.tensor", [3, 1, 2]).item(1, run), "item") == 1


def test_a_parameter_is_written_once_and_keeps_its_path(run: StandingIn) -> None:
    scale = run.of("torch.nn.Parameter", run.of("torch.ones", 3, 1, 1))
    scale.path_in_tests = "block.scale"
    x = run.input(2, 3, 8, 8)
    x.operate("*", scale, run, reflected=False)
    x.operate("*", scale, run, reflected=False)
    written = [layer for layer in run.recorder.layers if layer["type"] == "parameter"]
    assert written == [{"name": "block.scale", "type": "parameter", "shape": [3, 1, 1], "inputs": []}]


def test_an_operation_in_place_puts_its_result_in_the_tensors_place(run: StandingIn) -> None:
    x = run.input(2, 3, 8, 8)
    y = run.of("torch.nn.functional.relu", x)
    run.method(y, "add_", 1)
    run.of("torch.nn.functional.relu", y)
    assert [layer["inputs"] for layer in run.recorder.layers] == [["input"], ["net.relu"], ["net.add_"]]


def test_the_sizes_of_another_tensor_are_said_as_those(run: StandingIn) -> None:
    x = run.input(2, 3, 9, 7)
    y = run.of("torch.nn.functional.avg_pool2d", x, 2)
    run.of("torch.nn.functional.interpolate", y, size=run.attribute(x, "shape")[2:])
    assert last(run)["size"] == {"like": "input"}
    run.of("torch.nn.functional.interpolate", y, size=(9, 7))
    assert last(run)["size"] == [9, 7]


def test_values_with_places_have_names(run: StandingIn) -> None:
    found = run.method(run.input(2, 5, 7), "max", dim=1)
    assert found.attribute("values", run).shape == (2, 7)
    assert found.item(1, run).dtype == "int64"


def test_a_chunk_of_a_tensor_of_unknown_shape_still_has_its_parts(run: StandingIn) -> None:
    x = run.input(2, 4, 6)
    strange = run.of("torch.cov", x)
    assert strange.shape is None
    first, second = run.method(strange, "chunk", 2, dim=1)
    assert (first.shape, second.shape) == (None, None)
    assert [note.message for note in run.recorder.not_understood] == [
        "`torch.cov` is not known, so the shape of what it returns is not either"
    ]


def test_how_many_parts_of_an_unknown_size_there_are_is_not_known(run: StandingIn) -> None:
    with pytest.raises(NotKnownError, match="how many parts `unbind` makes is not known"):
        run.method(run.input(2, None, 6), "unbind", 1)


def test_what_a_mask_leaves_has_an_unknown_shape(run: StandingIn) -> None:
    x = run.input(2, 4)
    assert x.item(x.operate(">", 0, run, reflected=False), run).shape is None


def test_a_size_that_is_not_known_is_open_in_a_view(run: StandingIn) -> None:
    x = run.input(2, 12)
    run.method(x, "view", 2, Unknown("a size"), 3)
    assert last(run)["shape"] == [2, None, 3]


def test_frequencies_of_a_real_transform_are_half_and_one(run: StandingIn) -> None:
    x = run.input(2, 3, 16, 10)
    spectrum = run.of("torch.fft.rfft2", x)
    assert spectrum.shape == (2, 3, 16, 6)
    assert run.of("torch.fft.irfft2", spectrum, s=(16, 10)).shape == (2, 3, 16, 10)


def test_a_method_that_no_tensor_has_raises(run: StandingIn) -> None:
    with pytest.raises(RaisedError, match="'Tensor' object has no attribute 'reshap'"):
        run.method(run.input(2, 4), "reshap", 8)


def test_weights_made_in_another_way_are_counted(run: StandingIn) -> None:
    layer = run.of("torch.nn.utils.parametrizations.weight_norm", run.of("torch.nn.Linear", 4, 8))
    layer.call([run.input(2, 4)], {}, run)
    assert last(run)["module"] == {"type": "Linear", "in_features": 4, "out_features": 8}
