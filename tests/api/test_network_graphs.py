"""Networks that are more than a chain: several outputs, constants, sizes of other layers, layers that nobody knows."""

from typing import Any, ClassVar

import pytest

from tests.api.bad_input.samples import Answered, Document

NETWORK = "/v1/networks/validate"
SIZES = "/v1/networks/input-sizes"
HALVES = {"name": "halves", "type": "opaque", "output_shapes": [[1, 3], [1, 4, 5]]}
POOL = {"name": "pool", "type": "max_pool2d", "kernel_size": [3, 2]}


def validate(answered: Answered, *layers: Document, **members: Any) -> Document:
    return answered(NETWORK, {"input_shape": [1, 3, 9, 14], "layers": list(layers), **members})


def found(document: Document) -> list[tuple[str, str]]:
    return [(diagnostic["name"], diagnostic["location"]) for diagnostic in document["diagnostics"]]


class TestSeveralOutputs:
    def test_an_output_is_named_by_its_index_and_the_first_also_without(self, answered: Answered) -> None:
        users = [{"name": f"user{n}", "type": "relu", "inputs": [source]} for n, source in
                 enumerate(["halves", "halves:0", "halves:1"])]  # fmt: skip
        document = validate(answered, HALVES, *users, outputs=["user0", "user1", "user2"])
        assert document["valid"]
        assert not document["diagnostics"]
        assert [layer["output_shape"] for layer in document["layers"]] == [[1, 3], [1, 3], [1, 3], [1, 4, 5]]
        assert document["layers"][0]["output_shapes"] == [[1, 3], [1, 4, 5]]
        assert document["layers"][0]["activation_bytes"] == 4 * (3 + 20)

    def test_an_output_that_a_layer_does_not_have(self, answered: Answered) -> None:
        document = validate(answered, HALVES, {"type": "relu", "inputs": ["halves:2"]})
        assert found(document) == [("unknown-output", "/layers/1/inputs/0")]
        assert document["diagnostics"][0]["message"].endswith("there is no `halves:2`")
        document = validate(answered, POOL, {"type": "relu", "inputs": "pool:1"})
        assert found(document)[0] == ("unknown-output", "/layers/1/inputs")

    def test_a_name_with_a_colon_is_still_a_name(self, answered: Answered) -> None:
        document = validate(answered, {**POOL, "name": "pool:1"}, {"type": "relu", "inputs": ["pool:1"]})
        assert document["valid"]


class TestOutputsOfTheNetwork:
    def test_they_are_answered_by_name_and_what_leads_to_them_is_used(self, answered: Answered) -> None:
        document = validate(answered, POOL, {"name": "head", "type": "relu", "inputs": ["input"]}, HALVES,
                            outputs=["head", "pool", "halves:1"])  # fmt: skip
        assert not document["diagnostics"]
        assert document["output_shape"] == [1, 3, 9, 14]
        assert document["output_shapes"] == {
            "head": [1, 3, 9, 14], "pool": [1, 3, 3, 7], "halves:1": [1, 4, 5],
        }  # fmt: skip

    def test_without_names_it_is_the_last_layer(self, answered: Answered) -> None:
        document = validate(answered, POOL, {"type": "relu", "inputs": ["input"]})
        assert "output_shapes" not in document
        assert found(document) == [("unused-layer", "/layers/0")]

    def test_a_name_that_nothing_has(self, answered: Answered) -> None:
        document = validate(answered, POOL, outputs=["pol"])
        assert found(document)[0] == ("unknown-input", "/outputs/0")
        assert document["output_shapes"] == {"pol": None}
        assert "write `pool`" in document["diagnostics"][0]["help"]


class TestConstants:
    def test_they_take_no_input_and_count_as_what_they_are(self, answered: Answered) -> None:
        document = validate(
            answered,
            {"name": "mean", "type": "constant", "shape": [3, 1, 1]},
            {"name": "token", "type": "parameter", "shape": [3, 1, 1]},
            {"name": "steps", "type": "buffer", "shape": [7]},
            {"name": "shifted", "type": "add", "inputs": ["input", "mean", "token"]},
            {**POOL, "inputs": ["shifted"]},
            outputs=["pool", "steps"],
        )
        assert document["valid"]
        assert not document["diagnostics"]
        assert [layer["parameters"] for layer in document["layers"][:3]] == [0, 3, 0]
        assert [layer["buffers"] for layer in document["layers"][:3]] == [0, 0, 7]
        assert document["layers"][0]["input_shapes"] == []
        assert document["layers"][4]["receptive_field"]["size"] == [3, 2]

    def test_an_input_is_one_too_many(self, answered: Answered) -> None:
        document = validate(answered, {"type": "constant", "shape": [3], "inputs": ["input"]})
        assert found(document) == [("wrong-number-of-inputs", "/layers/0/inputs")]
        assert "takes none" in document["diagnostics"][0]["message"]

    def test_a_scalar_goes_with_every_shape(self, answered: Answered) -> None:
        layers = [{"name": "half", "type": "constant", "shape": []}, {"type": "multiply", "inputs": ["input", "half"]}]
        assert validate(answered, *layers)["output_shape"] == [1, 3, 9, 14]


class TestSizesOfOtherLayers:
    @pytest.mark.parametrize(
        "repair",
        [
            {"type": "upsample", "size": {"like": "input"}},
            {"type": "adaptive_avg_pool2d", "output_size": {"like": "input"}},
            {"type": "pad", "to": {"like": "input"}},
            {"type": "conv_transpose2d", "out_channels": 3, "kernel_size": [3, 2], "stride": [3, 2],
             "output_size": {"like": "input"}},
        ],
    )  # fmt: skip
    def test_a_branch_is_brought_to_the_size_of_its_skip(self, answered: Answered, repair: Document) -> None:
        layers = [POOL, {"name": "repaired", **repair}, {"type": "concat", "inputs": ["repaired", "input"]}]
        document = validate(answered, *layers)
        assert document["valid"], document["diagnostics"]
        assert document["output_shape"] == [1, 6, 9, 14]
        assert document["layers"][1]["input_shapes"] == [[1, 3, 3, 7]]
        assert [layer["inputs"] for layer in document["layers"]] == [["input"], ["pool"], ["repaired", "input"]]
        sizes = answered(SIZES, {"channels": 3, "range": [1, 50], "layers": layers})
        assert [axis["accepted"] for axis in sizes["axes"]] == [[[3, 50]], [[2, 50]]]

    def test_a_crop_takes_half_of_what_is_too_much_before(self, answered: Answered) -> None:
        crop = {"name": "cropped", "type": "crop", "to": {"like": "pool"}, "inputs": ["input"]}
        document = validate(answered, POOL, crop, {"type": "concat", "inputs": ["cropped", "pool"]})
        assert document["output_shape"] == [1, 6, 3, 7]
        assert document["layers"][1]["receptive_field"]["start"] == [3, 3]

    def test_sizes_may_also_be_written_out(self, answered: Answered) -> None:
        document = validate(answered, {"type": "pad", "to": [10, 20]}, {"type": "crop", "to": 8})
        assert [layer["output_shape"][2:] for layer in document["layers"]] == [[10, 20], [8, 8]]

    @pytest.mark.parametrize(
        ("layer", "expected"),
        [
            ({"type": "crop", "to": 10}, ("parameter-out-of-range", "/layers/0/to")),
            ({"type": "crop", "to": [9, 15]}, ("parameter-out-of-range", "/layers/0/to/1")),
            ({"type": "crop", "to": {"like": "inptu"}}, ("unknown-input", "/layers/0/to/like")),
            ({"type": "crop"}, ("missing-parameter", "/layers/0")),
            ({"type": "crop", "to": 3, "padding": 1}, ("conflicting-parameters", "/layers/0/to")),
            ({"type": "crop", "to": {"like": 3}}, ("wrong-type", "/layers/0/to")),
            ({"type": "upsample", "size": {"like": "input", "x": 1}}, ("wrong-type", "/layers/0/size")),
        ],
    )
    def test_a_size_that_cannot_be_had(self, answered: Answered, layer: Document, expected: tuple[str, str]) -> None:
        document = validate(answered, layer)
        assert found(document)[0][0] == expected[0]
        assert found(document)[0][1].startswith(expected[1])

    def test_a_layer_that_waits_for_itself(self, answered: Answered) -> None:
        document = validate(answered, {"name": "a", "type": "upsample", "size": {"like": "a"}})
        assert found(document) == [("cycle", "/layers/0/inputs")]


class TestUnknownSizes:
    @pytest.mark.parametrize(
        ("shape", "output"),
        [
            ([1, 3, None, 14], [1, 8, None, 12]),
            ([None, None, 9, 14], [None, 8, 7, 12]),
            ([None, 3, None, None], [None, 8, None, None]),
        ],
    )
    def test_what_follows_from_them_is_unknown_and_the_rest_is_judged(
        self, answered: Answered, shape: list[int | None], output: list[int | None]
    ) -> None:
        layers = [
            {"type": "conv2d", "out_channels": 8, "kernel_size": 3},
            {"type": "conv2d", "in_channels": 9, "out_channels": 4, "kernel_size": 1},
        ]
        document = validate(answered, *layers, input_shape=shape)
        assert document["layers"][0]["output_shape"] == output
        assert found(document) == [("channel-mismatch", "/layers/1/in_channels")]

    @pytest.mark.parametrize("shape", [[], [5], [None]])
    def test_inputs_of_no_axis_and_of_one(self, answered: Answered, shape: list[int | None]) -> None:
        assert validate(answered, {"type": "relu"}, input_shape=shape)["output_shape"] == shape
        assert found(validate(answered, POOL, input_shape=shape)) == [("rank-mismatch", "/layers/0/type")]


class TestOpaqueLayers:
    def test_what_they_cost_is_unknown(self, answered: Answered) -> None:
        document = validate(
            answered, {"type": "opaque", "output_shape": [None, 4]}, {"type": "linear", "out_features": 2}
        )
        assert document["output_shape"] == [None, 2]
        assert document["layers"][0]["parameters"] is None
        assert document["totals"]["parameters"] is None
        assert document["layers"][1]["parameters"] == 10


class TestOneBranch:
    @pytest.mark.parametrize("kind", ["add", "multiply", "concat"])
    def test_a_merge_of_one_named_branch_is_that_branch(self, answered: Answered, kind: str) -> None:
        assert validate(answered, {"type": kind, "inputs": ["input"]})["output_shape"] == [1, 3, 9, 14]

    def test_a_merge_that_names_none_has_been_forgotten(self, answered: Answered) -> None:
        assert found(validate(answered, {"type": "add"})) == [("wrong-number-of-inputs", "/layers/0")]


class TestSharedWeights:
    FIRST: ClassVar = {"name": "first", "type": "conv2d", "out_channels": 3, "kernel_size": 3, "padding": 1}
    AGAIN: ClassVar = {**FIRST, "name": "again", "weights_of": "first"}

    def test_they_are_counted_once(self, answered: Answered) -> None:
        document = validate(answered, self.FIRST, self.AGAIN)
        assert [layer["parameters"] for layer in document["layers"]] == [84, 0]
        assert document["totals"]["parameters"] == 84
        assert document["layers"][1]["macs"] == document["layers"][0]["macs"] > 0

    def test_they_have_to_be_the_same(self, answered: Answered) -> None:
        document = validate(answered, self.FIRST, {**self.AGAIN, "out_channels": 4})
        assert found(document) == [("weights-not-shared", "/layers/1/weights_of")]
        assert "needs 112 weights, but `first` has 84" in document["diagnostics"][0]["message"]

    @pytest.mark.parametrize("name", ["other", "again"])
    def test_another_layer_has_them(self, answered: Answered, name: str) -> None:
        document = validate(answered, self.FIRST, {**self.AGAIN, "weights_of": name})
        assert found(document) == [("weights-not-shared", "/layers/1/weights_of")]

    def test_a_name_is_a_string(self, answered: Answered) -> None:
        document = validate(answered, self.FIRST, {**self.AGAIN, "weights_of": 1})
        assert found(document) == [("wrong-type", "/layers/1/weights_of")]
