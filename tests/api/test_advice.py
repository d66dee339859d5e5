"""Advice and warnings: which layers made a size small, which input would work, what is doubtful in a valid network."""

from collections.abc import Callable
from typing import Any

import jsonpatch
import pytest

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]
Find = Callable[[Document, str], Document]

PATH = "/v1/networks/validate"
CONV = {"type": "conv2d", "out_channels": 8, "kernel_size": 3}
POOL = {"type": "max_pool2d", "kernel_size": 2}
CHAIN = [CONV, {**POOL, "name": "pool1"}, CONV, {**POOL, "name": "pool2"}, CONV, {**POOL, "name": "pool3"}, CONV]
SKIP = [
    {**POOL, "name": "down"},
    {"type": "upsample", "scale_factor": 2, "name": "up"},
    {"type": "concat", "inputs": ["up", "input"]},
]


def mended(body: Document, fix: Document) -> Document:
    patched: Document = jsonpatch.apply_patch(body, fix["patch"])
    return patched


class TestTooSmall:
    """A window that no longer fits may be the fault of what stands before it, or of the input."""

    def test_the_layers_that_shrank_the_map_are_named(self, answered: Answered, find: Find) -> None:
        body = {"input_shape": [1, 3, 32, 40], "layers": CHAIN}
        error = find(answered(PATH, body), "kernel-larger-than-input")
        assert error["location"] == "/layers/6/kernel_size"
        assert [(related["location"], related["message"]) for related in error["related"]][1:4] == [
            ("/layers/5", "`pool3` makes 2 x 3 of 4 x 6"),
            ("/layers/3", "`pool2` makes 6 x 8 of 13 x 17"),
            ("/layers/1", "`pool1` makes 15 x 19 of 30 x 38"),
        ]

    def test_the_smallest_input_that_works_is_found_and_offered(self, answered: Answered, find: Find) -> None:
        body = {"input_shape": [1, 3, 32, 40], "layers": CHAIN}
        error = find(answered(PATH, body), "kernel-larger-than-input")
        assert error["help"].endswith("; the smallest input that works is 38 x 40")
        [fix] = [fix for fix in error["fixes"] if fix["title"] == "give the input 38 x 40"]
        assert fix["patch"] == [
            {"op": "test", "path": "/input_shape/2", "value": 32},
            {"op": "replace", "path": "/input_shape/2", "value": 38},
        ]
        assert answered(PATH, mended(body, fix))["valid"]
        assert not answered(PATH, {**body, "input_shape": [1, 3, 37, 40]})["valid"]

    @pytest.mark.parametrize(
        ("shape", "kernel", "least"),
        [
            ([1, 5, 1, 4, 1], [1, 4, 4], "1 x 4 x 4"),
            ([1, 3, 32, 40], [35, 3], "35 x 40"),
            ([1, 3, 9, 9], [9, 12], "9 x 12, or 12 x 12 of equal height and width"),
        ],
    )
    def test_each_axis_has_its_own_least_size(
        self, shape: list[int], kernel: list[int], least: str, answered: Answered
    ) -> None:
        body = {"input_shape": shape, "layers": [{"type": "avg_pool", "kernel_size": kernel, "stride": 1}]}
        [error] = answered(PATH, body)["diagnostics"]
        assert error["help"].endswith(f"; the smallest input that works is {least}")
        offered = [fix["title"] for fix in error["fixes"] if "input" in fix["title"]]
        assert any(title.endswith(least.partition(",")[0]) for title in offered)

    def test_an_input_that_is_right_for_the_head_too_is_a_training_size(self, answered: Answered) -> None:
        """From 10 x 10 on nothing is too small; the head was made for 32 x 32."""
        layers = [
            {**CONV, "kernel_size": 5},
            POOL,
            {**CONV, "kernel_size": 3},
            POOL,
            {"type": "flatten"},
            {"type": "linear", "in_features": 8 * 6 * 6, "out_features": 10},
        ]
        body = {"input_shape": [1, 3, 8, 8], "layers": layers}
        [error] = answered(PATH, body)["diagnostics"]
        assert error["name"] == "kernel-larger-than-input"
        assert error["help"].endswith("an input of 32 x 32 works; from 12 x 12 on no size is too small")
        assert answered(PATH, mended(body, error["fixes"][-1]))["valid"]

    def test_other_mistakes_do_not_hide_it(self, answered: Answered, find: Find) -> None:
        layers = [{**CONV, "in_channels": 5}, *CHAIN[1:]]
        report = answered(PATH, {"input_shape": [1, 3, 32, 40], "layers": layers})
        assert find(report, "kernel-larger-than-input")["help"].endswith("38 x 40")
        assert find(report, "channel-mismatch")


class TestBranchesThatDiffer:
    """Branches that differ by a position, and the sizes with which they do not."""

    def test_sizes_that_work_are_offered_on_both_sides(self, answered: Answered, find: Find) -> None:
        body = {"input_shape": [1, 3, 21, 30], "layers": SKIP}
        error = find(answered(PATH, body), "branch-shape-mismatch")
        assert error["help"].endswith("; an input of 20 x 30 or 22 x 30 works: multiples of 2")
        assert error["related"][-1]["message"] == "`down` makes 10 x 15 of 21 x 30, which its stride does not divide"
        assert [fix["title"] for fix in error["fixes"]] == ["give the input 20 x 30", "give the input 22 x 30"]
        assert all(answered(PATH, mended(body, fix))["valid"] for fix in error["fixes"])

    def test_a_linear_layer_may_be_right_and_the_input_wrong(self, answered: Answered, find: Find) -> None:
        layers = [{**CONV, "stride": 2}, {"type": "flatten"}, {"type": "linear", "in_features": 392, "out_features": 2}]
        body = {"input_shape": [1, 3, 18, 18], "layers": layers}
        error = find(answered(PATH, body), "feature-mismatch")
        assert [fix["title"] for fix in error["fixes"]][:2] == ["set `in_features` to 512", "give the input 16 x 16"]
        assert all(answered(PATH, mended(body, fix))["valid"] for fix in error["fixes"])

    def test_branches_that_never_meet_get_no_such_advice(self, answered: Answered, find: Find) -> None:
        layers = [{**CONV, "name": "a", "padding": 1}, {**CONV, "name": "b", "inputs": "input"}]
        body = {"input_shape": [1, 3, 9, 7], "layers": [*layers, {"type": "add", "inputs": ["a", "b"]}]}
        assert "an input of" not in find(answered(PATH, body), "branch-shape-mismatch")["help"]

    def test_of_many_branches_the_odd_one_is_named(self, answered: Answered, find: Find) -> None:
        layers = [{**CONV, "name": f"b{n}", "inputs": "input", "padding": int(n != 3)} for n in range(7)]
        body = {
            "input_shape": [1, 3, 9, 7],
            "layers": [*layers, {"type": "concat", "inputs": [f"b{n}" for n in range(7)]}],
        }
        error = find(answered(PATH, body), "branch-shape-mismatch")
        assert error["message"] == "the branches differ on axis 2: 9 and 7"
        assert [related["message"][:4] for related in error["related"]] == ["`b0`", "`b3`"]

    def test_the_least_change_comes_first(self, answered: Answered, find: Find) -> None:
        layers = [{**CONV, "out_channels": 64}, {"type": "relu"}, {**CONV, "in_channels": 32}]
        error = find(answered(PATH, {"input_shape": [1, 3, 9, 7], "layers": layers}), "channel-mismatch")
        assert [(fix["title"], fix["applicability"]) for fix in error["fixes"]] == [
            ("set `in_channels` to 64", "unsafe"),
            ("set `out_channels` of `conv2d_0` to 32", "unsafe"),
        ]


class TestFarAway:
    """The input that works may be far from the one given."""

    VGG = (
        *[layer for _ in range(5) for layer in ({**CONV, "padding": 1}, {"type": "relu"}, POOL)],
        {"type": "flatten"},
        {"type": "linear", "in_features": 8 * 7 * 7, "out_features": 10},
    )

    @pytest.mark.parametrize("size", [32, 96, 200, 300, 700])
    def test_a_classifier_was_made_for_the_training_size(self, size: int, answered: Answered, find: Find) -> None:
        """224 to 255 all give 7 x 7, of which 224 is what networks are trained with."""
        body = {"input_shape": [1, 3, size, size], "layers": list(self.VGG)}
        error = find(answered(PATH, body), "feature-mismatch")
        assert error["help"].endswith("an input of 224 x 224 works")
        [fix] = [fix for fix in error["fixes"] if fix["title"] == "give the input 224 x 224"]
        assert answered(PATH, mended(body, fix))["valid"]

    def test_the_ratio_of_the_input_is_kept_where_it_can_be(self, answered: Answered, find: Find) -> None:
        layers = [*self.VGG[:-1], {"type": "linear", "in_features": 8 * 7 * 14, "out_features": 10}]
        body = {"input_shape": [1, 3, 96, 192], "layers": layers}
        error = find(answered(PATH, body), "feature-mismatch")
        assert error["help"].endswith("; an input of 224 x 448 works")

    def test_axes_that_need_different_sizes(self, answered: Answered, find: Find) -> None:
        layers = [
            {"name": "map", "type": "constant", "shape": [1, 3, 14, 20]},
            {"name": "pool", **POOL, "inputs": ["input"]},
            {"type": "concat", "inputs": ["pool", "map"]},
        ]
        body = {"input_shape": [1, 3, 30, 30], "layers": layers}
        error = find(answered(PATH, body), "branch-shape-mismatch")
        assert error["help"].endswith("; an input of 29 x 40 works")
        assert answered(PATH, mended(body, error["fixes"][-1]))["valid"]

    def test_a_square_stays_a_square_where_one_works(self, answered: Answered, find: Find) -> None:
        """Rows take multiples of 4 and columns multiples of 6: 26 x 26 is between 24 x 24 and 36 x 36."""
        layers = [
            {"name": "down", "type": "max_pool2d", "kernel_size": [4, 6]},
            {"name": "up", "type": "upsample", "scale_factor": [4, 6]},
            {"type": "concat", "inputs": ["up", "input"]},
        ]
        error = find(answered(PATH, {"input_shape": [1, 3, 33, 33], "layers": layers}), "branch-shape-mismatch")
        titles = [fix["title"] for fix in error["fixes"]]
        assert titles[0] == "give the input 36 x 36", "33 is nearest to 36"
        assert "give the input 24 x 24" in titles

    def test_a_reshape_of_fixed_sizes(self, answered: Answered, find: Find) -> None:
        layers = [POOL, {"type": "reshape", "shape": [1, 3, 16 * 16]}, {"type": "relu"}]
        error = find(answered(PATH, {"input_shape": [1, 3, 48, 48], "layers": layers}), "element-count-mismatch")
        assert error["help"].endswith("; an input of 32 x 32 works")


class TestWarnings:
    """Warnings about a sound network as a whole."""

    def warnings(self, answered: Answered, shape: list[int], layers: list[Document]) -> list[tuple[str, str]]:
        report = answered(PATH, {"input_shape": shape, "layers": layers})
        assert report["valid"]
        return [(diagnostic["name"], diagnostic["location"]) for diagnostic in report["diagnostics"]]

    def test_branches_that_meet_by_chance(self, answered: Answered) -> None:
        body = {"input_shape": [1, 3, 20, 30], "layers": SKIP}
        [warning] = answered(PATH, body)["diagnostics"]
        assert (warning["name"], warning["location"]) == ("odd-size-before-skip", "/layers/2/inputs")
        assert warning["message"] == (
            "the branches have the same size for an input of 20 x 30, but not for 21 x 31; 22 x 32 works too"
        )

    @pytest.mark.parametrize("padding", [0, 1])
    def test_branches_of_another_arithmetic_meet_by_chance_too(self, answered: Answered, padding: int) -> None:
        """A stride of 2 rounds up with padding of 1 under a kernel of 3, and down without any under one of 2."""
        layers = [
            {**CONV, "name": "a", "stride": 2, "padding": 1},
            {**CONV, "name": "b", "kernel_size": 2 + padding, "stride": 2, "padding": padding, "inputs": "input"},
            {"type": "add", "inputs": ["a", "b"]},
        ]
        expected = [] if padding else [("odd-size-before-skip", "/layers/2/inputs")]
        assert self.warnings(answered, [1, 3, 8, 6], layers) == expected

    def test_equal_dilations_in_a_row(self, answered: Answered) -> None:
        wide = {**CONV, "dilation": 2, "padding": 2}
        layers = [wide, {"type": "relu"}, {**CONV, "kernel_size": 1}, wide]
        assert self.warnings(answered, [1, 3, 19, 17], layers) == [("dilation-gridding", "/layers/3/dilation")]

    @pytest.mark.parametrize("other", [{"dilation": 3, "padding": 3}, {"dilation": 1, "padding": 1}])
    def test_other_dilations_fill_each_others_gaps(self, answered: Answered, other: Document) -> None:
        layers = [{**CONV, "dilation": 2, "padding": 2}, {**CONV, **other}, {**CONV, "dilation": 2, "padding": 2}]
        assert self.warnings(answered, [1, 3, 19, 17], layers) == []

    def test_a_map_that_is_too_small_for_its_kernel(self, answered: Answered) -> None:
        """All outputs of a deep network may see the whole input; weights that multiply padding only are a waste."""
        padded = {**CONV, "padding": 1}
        layers = [padded, {**POOL}, padded, {**POOL}, padded, {**POOL}, padded]
        [warning] = answered(PATH, {"input_shape": [1, 3, 8, 8], "layers": layers})["diagnostics"]
        assert (warning["name"], warning["location"]) == ("receptive-field-exceeds-input", "/layers/6")
        assert warning["message"] == (
            "only 1 of the kernel's 9 positions ever meets the input, not just padding: what arrives is 1 x 1, and"
            " what comes out sees 38 x 38 pixels of an input of 8 x 8"
        )
        assert self.warnings(answered, [1, 3, 32, 32], layers) == []
        assert self.warnings(answered, [1, 3, 16, 16], layers) == []

    def test_a_network_that_sees_the_whole_input_is_as_it_should_be(self, answered: Answered) -> None:
        assert self.warnings(answered, [1, 3, 8, 7], [{**CONV, "padding": 1}] * 6) == []

    def test_weights_that_are_added_are_no_branch_that_was_rounded(self, answered: Answered) -> None:
        layers = [
            {**CONV, "name": "patches", "kernel_size": 4, "stride": 4},
            {"name": "positions", "type": "constant", "shape": [1, 8, 5, 5]},
            {"type": "add", "inputs": ["patches", "positions"]},
        ]
        assert self.warnings(answered, [1, 3, 20, 20], layers) == []

    @pytest.mark.parametrize(
        ("shape", "layers", "help_text"),
        [
            ([8, 16, 5, 5], [{"type": "reshape", "shape": [-1, 200]}], "give 8 as the first size"),
            ([8, 16, 25], [{"type": "unflatten", "dim": 0, "sizes": [2, 4]}], "give 8 as the first size"),
            ([1, 16, 5, 5], [{"type": "squeeze"}], "name the axes to squeeze"),
            (
                [8, 16, 25],
                [{"type": "reshape", "shape": [16, 8, 25]}, {"type": "permute", "dims": [1, 0, 2]}],
                "swap axes 0 and 1 by a `permute`",
            ),
        ],
    )
    def test_a_batch_that_changes_on_the_way(
        self, shape: list[int], layers: list[Document], help_text: str, answered: Answered
    ) -> None:
        [warning] = answered(PATH, {"input_shape": shape, "layers": layers})["diagnostics"]
        assert (warning["name"], warning["location"]) == ("batch-changed", "/layers/0")
        assert help_text in warning["help"]

    @pytest.mark.parametrize(
        ("shape", "layers"),
        [
            ([8, 16, 25], [{"type": "permute", "dims": [2, 0, 1]}]),
            ([8, 16, 5, 5], [{"type": "flatten", "start_dim": 0, "end_dim": 1}, {"type": "reshape", "shape": [8, -1]}]),
            ([8, 16, 5, 5], [{"type": "reshape", "shape": [8, 16, 25]}]),
            ([7, 16, 20], [{"type": "select", "dim": 0, "index": -1}]),
            ([8, 16, 1, 1], [{"type": "squeeze"}]),
        ],
    )
    def test_a_batch_that_is_kept_or_moved_on_purpose(
        self, shape: list[int], layers: list[Document], answered: Answered
    ) -> None:
        """Sequences have their time first in PyTorch, so that taking the last step or moving it is usual."""
        assert self.warnings(answered, shape, layers) == []

    @pytest.mark.parametrize(("batch", "warned"), [(1, True), (2, False), (None, False)])
    def test_a_norm_of_one_value_fails_in_training_only(
        self, batch: int | None, warned: bool, answered: Answered
    ) -> None:
        layers = [{"type": "adaptive_avg_pool2d", "output_size": 1}, {"type": "batch_norm2d", "num_features": 3}]
        expected = [("single-value-in-training", "/layers/1/type")] if warned else []
        assert self.warnings(answered, [batch, 3, 8, 7], layers) == expected

    def test_lean_answers_leave_these_warnings_out(self, answered: Answered) -> None:
        body = {"input_shape": [1, 3, 20, 30], "layers": SKIP, "detail": "sizes"}
        assert answered(PATH, body)["diagnostics"] == []


def test_advice_behind_a_layer_that_moves_the_axes(answered: Answered, find: Find) -> None:
    """A norm over a moved axis takes one width only, so no layer behind it is reached by other heights and widths."""
    layers = [
        {"type": "permute", "dims": [0, 3, 1, 2]},
        {"type": "nn.LayerNorm", "normalized_shape": [56]},
        {"type": "nn.Linear", "in_features": 96, "out_features": 384},
    ]
    error = find(answered(PATH, {"input_shape": [4, 96, 56, 56], "layers": layers}), "feature-mismatch")
    assert error["location"] == "/layers/2/in_features"
