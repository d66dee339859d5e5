"""Networks: a broken layer gives an answer with its diagnostics, a broken envelope gives a problem."""

from typing import Any, ClassVar

import pytest

from tests.api.bad_input.samples import LAYER, NETWORK, SIZE, Answered, Document, Find, Refuse, only


@pytest.mark.parametrize(
    "odd", [{}, {"type": None}, {"name": "odd", "type": "linear", "in_features": 8, "out_features": [4, 4]}]
)
def test_a_layer_that_cannot_be_read_does_not_end_the_search_for_repairs(answered: Answered, odd: Document) -> None:
    """Peers are looked at for what they have before them; what nobody knows is not proposed."""
    conv = {"type": "conv2d", "kernel_size": 3, "padding": 1, "out_channels": 16}
    layers = [
        conv,
        odd,
        conv | {"in_channels": 32},
        conv,
        conv | {"in_channels": 32},
        {"type": "max_pool2d", "kernel_size": 2},
    ]
    document = answered(NETWORK, {"input_shape": [1, 3, 32, 48], "layers": layers})
    assert not document["valid"]


class TestNetworks:
    """A broken layer gives an answer with its diagnostics; a broken envelope gives a problem."""

    SOUND: ClassVar[Document] = {"type": "conv2d", "out_channels": 4, "kernel_size": 3}

    @pytest.mark.parametrize(
        ("change", "name", "location"),
        [
            ({"type": "conv2"}, "unknown-layer-type", "/layers/0/type"),
            ({"type": None}, "missing-parameter", "/layers/0"),
            ({"stride": 0}, "parameter-out-of-range", "/layers/0/stride"),
            ({"stride": -1}, "parameter-out-of-range", "/layers/0/stride"),
            ({"stride": "2"}, "wrong-type", "/layers/0/stride"),
            ({"stride": [1, 2.0]}, "wrong-type", "/layers/0/stride/1"),
            ({"kernel_size": 10**30}, "parameter-out-of-range", "/layers/0/kernel_size"),
            ({"kernel_size": None}, "missing-parameter", "/layers/0"),
            ({"padding": -1}, "parameter-out-of-range", "/layers/0/padding"),
            ({"strid": 1}, "unknown-parameter", "/layers/0/strid"),
            ({"kernel_size": 30}, "kernel-larger-than-input", "/layers/0/kernel_size"),
            ({"in_channels": 5}, "channel-mismatch", "/layers/0/in_channels"),
            ({"groups": 2}, "groups-do-not-divide-channels", "/layers/0/groups"),
            ({"name": 3}, "wrong-type", "/layers/0/name"),
            ({"inputs": 3}, "wrong-type", "/layers/0/inputs"),
            ({"inputs": [3]}, "wrong-type", "/layers/0/inputs"),
            ({"inputs": "nothing"}, "unknown-input", "/layers/0/inputs"),
            ({"inputs": ["input", "input", "input", "input"]}, "wrong-number-of-inputs", "/layers/0/inputs"),
        ],
    )
    def test_a_broken_layer_gives_an_answer(
        self, answered: Answered, change: Document, name: str, location: str
    ) -> None:
        document = answered(NETWORK, {"input_shape": [1, 3, 8, 6], "layers": [{**self.SOUND, **change}]})
        assert document["valid"] is False
        assert [(diagnostic["name"], diagnostic["location"]) for diagnostic in document["diagnostics"]] == [
            (name, location)
        ]

    def test_a_missing_parameter_gives_an_answer(self, answered: Answered) -> None:
        layers = [{"type": "conv2d", "kernel_size": 3}]
        [diagnostic] = answered(NETWORK, {"input_shape": [1, 3, 8, 6], "layers": layers})["diagnostics"]
        assert (diagnostic["name"], diagnostic["location"]) == ("missing-parameter", "/layers/0")
        assert diagnostic["message"] == "`conv2d` has no `out_channels`"

    @pytest.mark.parametrize("layer", ["conv2d", None, 3, []])
    def test_a_layer_that_is_not_an_object_gives_an_answer(self, answered: Answered, layer: Any) -> None:
        [diagnostic] = answered(NETWORK, {"input_shape": [1, 3, 8, 6], "layers": [layer]})["diagnostics"]
        assert (diagnostic["name"], diagnostic["location"]) == ("wrong-type", "/layers/0")
        assert diagnostic["help"] != "give `layers` an object", "it takes a list"

    @pytest.mark.parametrize(
        ("change", "name", "location"),
        [
            ({"layers": []}, "parameter-out-of-range", "/layers"),
            ({"layers": {}}, "wrong-type", "/layers"),
            ({"layers": None}, "missing-parameter", ""),
            ({"input_shape": [1, 3, 0, 6]}, "parameter-out-of-range", "/input_shape/2"),
            ({"outputs": []}, "parameter-out-of-range", "/outputs"),
            ({"outputs": "conv2d_0"}, "wrong-type", "/outputs"),
            ({"input_shape": "x"}, "wrong-type", "/input_shape"),
            ({"input_shape": [1] * 9}, "parameter-out-of-range", "/input_shape"),
            ({"input_shape": None}, "missing-parameter", ""),
            ({"inputs": {"image": [1, 3, 8, 6]}}, "conflicting-parameters", "/inputs"),
            ({"input_shape": None, "inputs": {}}, "parameter-out-of-range", "/inputs"),
            ({"input_shape": None, "inputs": {"a/b~c": [1, 0, 2, 2]}}, "parameter-out-of-range", "/inputs/a~1b~0c/1"),
            ({"detail": "lean"}, "parameter-out-of-range", "/detail"),
            ({"framework": "caffe"}, "parameter-out-of-range", "/framework"),
            ({"layer": []}, "unknown-parameter", "/layer"),
        ],
    )
    def test_a_broken_envelope_gives_a_problem(
        self, refuse: Refuse, change: Document, name: str, location: str
    ) -> None:
        body = {"input_shape": [1, 3, 8, 6], "layers": [self.SOUND], **change}
        diagnostic = only(refuse(NETWORK, body))
        assert (diagnostic["name"], diagnostic["location"]) == (name, location)

    @pytest.mark.parametrize(
        ("layers", "name", "location"),
        [
            ([{"name": "a", "inputs": "b"}, {"name": "b", "inputs": "a"}], "cycle", "/layers/0/inputs"),
            ([{"name": "a", "inputs": "a"}], "cycle", "/layers/0/inputs"),
            ([{"name": "a"}, {"name": "a"}], "duplicate-name", "/layers/1/name"),
        ],
    )
    def test_broken_connections_give_an_answer(
        self, answered: Answered, find: Find, layers: list[Document], name: str, location: str
    ) -> None:
        body = {"input_shape": [1, 3, 8, 6], "layers": [{"type": "relu", **layer} for layer in layers]}
        document = answered(NETWORK, body)
        assert document["valid"] is False
        assert find(document, name)["location"] == location

    def test_too_many_inputs_of_layers_are_refused_before_they_are_looked_up(self, refuse: Refuse) -> None:
        layers = [{"type": "concat", "inputs": ["nowhere"] * 1000}] * 51
        document = refuse(NETWORK, {"input_shape": [1, 3, 8, 6], "layers": layers}, 413)
        assert "51000, above the limit of 50000 (`max_connections`)" in document["detail"]

    PARTS: ClassVar[Document] = {"type": "unbind", "dim": 2, "inputs": ["input"]}
    """Makes as many outputs as the input is high."""

    @pytest.mark.parametrize("detail", ["full", "sizes"])
    def test_too_many_outputs_of_layers_are_refused_where_they_are_too_many(self, refuse: Refuse, detail: str) -> None:
        body = {"input_shape": [1, 3, 1000, 6], "layers": [self.PARTS] * 10_000, "detail": detail}
        document = refuse(NETWORK, body, 413)
        assert (
            document["detail"]
            == "the number of outputs of 51 layers is 51000, above the limit of 50000 (`max_outputs`)"
        )
        assert (only(document)["name"], only(document)["location"]) == ("too-large", "/layers/50")

    def test_as_many_outputs_as_the_limit_are_taken(self, answered: Answered) -> None:
        body = {"input_shape": [1, 3, 1000, 6], "layers": [self.PARTS] * 50, "detail": "sizes"}
        assert sum(len(layer["output_shapes"]) for layer in answered(NETWORK, body)["layers"]) == 50_000

    def test_the_longest_network_of_one_output_a_layer_is_taken(self, answered: Answered) -> None:
        body = {"input_shape": [1, 3, 8, 6], "layers": [{"type": "relu"}] * 10_000, "detail": "sizes"}
        assert answered(NETWORK, body)["valid"] is True

    def test_a_fix_with_too_many_outputs_is_not_offered(self, answered: Answered, find: Find) -> None:
        """Nothing is known of the parts until the type is right; then they are 600 or 60,000."""
        broken = {"type": "conv2", "name": "first", "out_channels": 4, "kernel_size": 1}
        for layers, offered in ((1, True), (100, False)):
            parts = [{**self.PARTS, "inputs": ["first"]}] * layers
            body = {"input_shape": [1, 3, 600, 6], "layers": [broken, *parts], "detail": "sizes"}
            assert bool(find(answered(NETWORK, body), "unknown-layer-type")["fixes"]) is offered

    def test_input_sizes_count_every_output_that_is_tried(self, refuse: Refuse) -> None:
        body = {"input_shape": [1, 3, None], "layers": [{**self.PARTS, "dim": 1, "inputs": ["input"]}] * 10_000}
        document = refuse("/v1/networks/input-sizes", body, 413)
        assert ", above the limit of 50000 (`max_trials`)" in document["detail"]

    def test_the_networks_of_a_batch_share_a_number_of_outputs(self, answered: Answered) -> None:
        """Two networks of 50,000 outputs each are judged, later ones are not; the limit names the batch's."""
        item = {"input_shape": [1, 3, 1000, 6], "layers": [self.PARTS] * 50}
        small = {"input_shape": [1, 3, 8, 6], "layers": [{"type": "relu"}]}
        items = [*[item] * 2, small]
        document = answered("/v1/batch", {"operation": "networks/validate", "detail": "sizes", "items": items})
        assert [result["status"] for result in document["results"]] == [200] * 2 + [413]
        document = answered("/v1/batch", {"operation": "networks/validate", "items": [*[item] * 2, small]})
        problem = document["results"][2]["body"]
        assert "100001, above the limit of 100000 (`max_batch_outputs`)" in problem["detail"]

    @pytest.mark.parametrize(
        ("inputs", "layers"),
        [
            ([2, 1, 34], [{"type": "concat"}]),
            ([], [{"type": "concat", "inputs": ["input"]}, {"type": "relu", "inputs": ["concat_0:1"]}]),
            ([3, 2, 39], [{"type": "relu", "inputs": 2147483648}]),
            ([3, 2, 39], [{"inputs": [2147483647, 1]}]),
            ([3, 3, 32], [{"type": [2147483647] * 60}]),
            ([1, 3, 8, 8], [{"type": "linear", "out_features": [2] * 20_000}]),
        ],
    )
    def test_a_repair_is_looked_for_in_what_cannot_be_read(
        self, answered: Answered, inputs: list[int], layers: list[Document]
    ) -> None:
        document = answered(NETWORK, {"input_shape": inputs, "layers": layers})
        assert (document["valid"], document["diagnostics"][0]["severity"]) == (False, "error")

    def test_a_number_is_quantized_by_a_number_only(self, answered: Answered) -> None:
        body = {"inputs": {"x": [], "scale": [3]}, "layers": [{"type": "quantize", "inputs": ["x", "scale"]}]}
        [error] = answered(NETWORK, body)["diagnostics"]
        assert "has no axis for a scale" in error["message"]

    def test_many_unknown_layer_types_are_answered_at_once(self, answered: Answered) -> None:
        layers = [{"type": f"relu_{index}"} for index in range(2000)]
        document = answered(NETWORK, {"input_shape": [1, 3, 8, 6], "layers": layers, "detail": "sizes"})
        assert len(document["diagnostics"]) == 2000

    def test_many_unknown_parameters_are_answered_at_once(self, refuse: Refuse) -> None:
        layer = LAYER | {f"strides_{index}": 1 for index in range(2000)}
        assert len(refuse(SIZE, {"input_size": 6, "layer": layer})["errors"]) == 2000

    def test_a_norm_of_a_vector_gets_no_warning_about_its_layout(self, answered: Answered) -> None:
        body = {"framework": "keras", "input_shape": [4], "layers": [{"type": "batch_norm", "num_features": 2}]}
        assert [diagnostic["name"] for diagnostic in answered(NETWORK, body)["diagnostics"]] == ["channel-mismatch"]
