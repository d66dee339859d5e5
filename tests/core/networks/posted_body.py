"""Posted bodies as networks that can be changed, without a server."""

from typing import Any

import jsonpatch

from service.core.networks.judge_network import Judgement
from service.core.networks.network import Network, Node
from service.core.networks.repair.edits import Edit, RawLayer, patch_of
from service.core.networks.repair.rewalk import Rewalk
from service.operations.shared.judged_networks import network_of
from service.operations.shared.network_layers import node_of
from service.operations.shared.output_allowance import judged
from service.operations.validate_network import NetworkRequest
from service.schemas.bodies import validated

Document = dict[str, Any]

PLENTY = 10**9
"""A budget that no test spends."""


def judged_body(body: Document) -> tuple[Network, Judgement]:
    """The network of a body, judged whole."""
    network = network_of(validated(NetworkRequest, body))
    return network, judged(network, full=False)


def rewalk_of(body: Document, budget: int = PLENTY) -> Rewalk:
    """What judges changes to the network of a body."""
    network, judgement = judged_body(body)

    def read(index: int, raw: RawLayer) -> Node:
        return node_of(raw, ("layers", index), network.framework)

    return Rewalk(network, judgement, read, budget, ())


def after_patch(body: Document, edit: Edit, network: Network) -> Document:
    """The body after the JSON Patch of a change."""
    patched: Document = jsonpatch.apply_patch(body, list(patch_of(edit, network)))
    return patched


def positions(edit: Edit, count: int) -> dict[int, int]:
    """Where each layer that stays stands after a change, by where it stood before."""
    found, shift = {}, 0
    for index in range(count):
        shift += index in edit.inserted
        if index in edit.removed:
            shift -= 1
        else:
            found[index] = index + shift
    return found
