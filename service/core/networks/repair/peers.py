"""Peers of a layer: those that stand where it stands, in other blocks of the network.

`layer3.2.conv1` and `layer4.0.conv1` are peers: their names differ in numbers alone. What all peers have, and one layer
has not, is likelier a mistake than a choice.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import Any

from service.core.networks.network import Network
from service.core.networks.repair.edits import RawLayer
from service.core.networks.repair.family import DIMENSIONS, parameter_of

NUMBER = re.compile(r"\d+")
MOST_PEERS = 4
"""Peers that are looked at, of each sort. Chosen: the nearest, since strides differ from stage to stage."""

NUMBERS_OF_A_BLOCK = 2
"""Numbers in the name of a layer in a block: that of the block, and its own."""
FEWEST_PEERS = 2
"""Peers of which one may be taken for a rule. Chosen."""


class Peers:
    """The peers of each layer of a network."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._found: dict[int, Sequence[int]] = {}
        self._groups: defaultdict[Hashable, list[int]] = defaultdict(list)
        for index in range(len(network.nodes)):
            for role in self._roles(index):
                self._groups[role].append(index)

    def of(self, index: int) -> Sequence[int]:
        """The peers nearest to a layer: of the first blocks of stages for one of these, and of other blocks.

        `layer3.0.conv1` and `layer4.1.conv1` are peers of `layer4.0.conv1`. Where there is no peer whose name has the
        same last number, any other number will do.
        """
        if index not in self._found:
            *same, any_number = self._roles(index)
            found = dict.fromkeys([peer for role in same for peer in self._nearest(index, role)])
            self._found[index] = list(found) or self._nearest(index, any_number)
        return self._found[index]

    def _nearest(self, index: int, role: Hashable) -> list[int]:
        """Other layers of a role, the nearest first."""
        group = self._groups[role]
        place = bisect_left(group, index)
        near = group[max(place - MOST_PEERS, 0) : place] + group[place + 1 : place + 1 + MOST_PEERS]
        return sorted(near, key=lambda peer: abs(peer - index))[:MOST_PEERS]

    def role(self, index: int | None) -> Hashable:
        """What a layer is in its block: its kind, and its name with the last number alone if others have that too.

        None for an input of the network.
        """
        if index is None:
            return None
        *_, any_number = roles = self._roles(index)
        return next((role for role in roles[-2:] if len(self._groups[role]) > 1), any_number)

    def values(self, index: int, word: str) -> list[Any]:
        """What the peers of a layer have under a word, the nearest first; None stands for nothing."""
        return [self.network.nodes[peer].description.posted.get(word) for peer in self.of(index)]

    def likelier(self, index: int, raw: RawLayer) -> int:
        """1 where only the changed values of a layer are found in its peers, -1 where only the old ones are, else 0.

        One peer alone says nothing: `b1` and `b2` of one branch are no blocks. Neither do the sizes of tensors where no
        block is named: `conv1`, `conv2` and `conv3` follow each other.
        """
        if len(self.of(index)) < FEWEST_PEERS:
            return 0
        follow = len(NUMBER.findall(self.network.names[index])) < NUMBERS_OF_A_BLOCK
        old = self.network.nodes[index].description.posted
        scores = [0]
        for word in {*old, *raw} - {"inputs", "name"}:
            if old.get(word) != raw.get(word) and not (follow and self._says_size(index, word)):
                values = self.values(index, word)
                scores.append((raw.get(word) in values) - (old.get(word) in values))
        return min(scores) or max(scores)

    def _says_size(self, index: int, word: str) -> bool:
        """Whether a word of a layer says how large a tensor is."""
        return parameter_of(self.network.nodes[index], word) in DIMENSIONS

    def _roles(self, index: int) -> Sequence[Hashable]:
        """The role with the last two numbers of the name, with the last one, and without any."""
        name, kind = self.network.names[index], self.network.nodes[index].description.kind
        role, numbers = (kind, NUMBER.sub("#", name)), NUMBER.findall(name)
        return [(*role, *numbers[-kept:]) for kept in (2, 1) if len(numbers) > kept] + [role]
