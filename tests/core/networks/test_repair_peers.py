"""Peers: what they have, and a layer has not, is found first; a layer that is put before several is one layer."""

from typing import Any

from service.core.networks.repair.edits import Edit, Insertion, patch_of
from service.core.networks.repair.peers import Peers
from tests.core.networks.posted_body import Document, after_patch, judged_body
from tests.mistakes.service import ask


def conv(name: str, **members: Any) -> Document:
    return {"name": name, "type": "conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1, **members}


def blocks(count: int) -> list[Document]:
    """Residual blocks, each of two convolutions and a sum."""
    layers = [conv("stem")]
    for number in range(count):
        before = f"block{number - 1}.add" if number else "stem"
        layers += [
            conv(f"block{number}.conv1", inputs=[before]),
            conv(f"block{number}.conv2"),
            {"name": f"block{number}.add", "type": "add", "inputs": [f"block{number}.conv2", before]},
        ]
    return layers


def body_of(layers: list[Document]) -> Document:
    return {"input_shape": [2, 4, 16, 12], "layers": layers}


def test_peers_have_the_same_last_number_and_stand_in_other_blocks() -> None:
    network, _ = judged_body(body_of(blocks(4)))
    peers = Peers(network)
    index = network.names.index("block2.conv1")
    assert [network.names[peer] for peer in peers.of(index)] == ["block1.conv1", "block3.conv1", "block0.conv1"]
    assert peers.of(network.names.index("stem")) == []


def test_what_peers_have_is_likelier_than_what_none_has() -> None:
    layers = blocks(4)
    layers[7]["dilation"] = 2
    network, _ = judged_body(body_of(layers))
    peers, raw = Peers(network), {**layers[7]}
    raw.pop("dilation")
    assert peers.likelier(7, raw) == 1
    assert peers.likelier(4, {**layers[4], "dilation": 3}) == -1
    assert peers.likelier(0, {**layers[0], "dilation": 3}) == 0, "it has no peers"


def test_a_layer_that_all_peers_have_before_them_is_put_in() -> None:
    layers = blocks(4)
    for number in range(4):
        layers[3 * number + 1] |= {"out_channels": 8}
    layers.pop(8)
    layers[8]["inputs"] = ["block2.conv1", "block1.add"]
    answer = ask(body_of(layers))
    assert answer["repairs"][0]["title"] == "put a `conv2d` before `block2.add`"
    added = next(step["value"] for step in answer["repairs"][0]["patch"] if step["op"] == "add")
    assert added["out_channels"] == 4
    assert added["inputs"] == ["block2.conv1"]


def test_a_layer_put_before_two_is_one_layer() -> None:
    layers = [
        conv("stem"),
        conv("left", inputs=["stem"]),
        conv("right", inputs=["stem"]),
        {"type": "add", "inputs": ["left", "right"]},
    ]
    body = body_of(layers)
    network, _ = judged_body(body)
    pool = {"name": "pool", "type": "max_pool2d", "kernel_size": 2, "inputs": ["stem"]}
    edit = Edit(title="", inserted={1: Insertion(pool), 2: Insertion(pool, shared=True)})
    assert sum(step["op"] == "add" for step in patch_of(edit, network)) == 1
    after = after_patch(body, edit, network)["layers"]
    assert [layer.get("inputs") for layer in after[1:4]] == [["stem"], ["pool"], ["pool"]]
