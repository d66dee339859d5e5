"""A Functional model as a graph: its layers, their calls, and the order in which these can run."""

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from service.core.geometry.shapes import Shape
from service.models.archives import shortened
from service.models.json_documents import object_of
from service.models.keras.connections import TensorReference, calls_of, is_older_form
from service.models.keras.layers import is_model, layers_of, name_of
from service.models.reading import LayerPlace, UnreadableModelError

Key = tuple[int, int]
"""A call: the position of the layer in its model, and which of its calls it is."""
AS_WRITTEN = "post the configuration as Keras wrote it"


class FunctionalGraph:
    """The layers and calls of a Functional model."""

    def __init__(self, model: Mapping[str, Any], path: str) -> None:
        """Raises UnreadableModelError where two layers have one name, or a layer takes one that is not there."""
        self.path = path
        self.layers = layers_of(model)
        self.positions: dict[str, int] = {}
        for position, layer in enumerate(self.layers):
            if self.positions.setdefault(name_of(layer), position) != position:
                raise self._wrong(name_of(layer), "is the name of two layers")
        listed = [calls_of(layer) for layer in self.layers]
        self.counts = [len(calls) for calls in listed]
        self.calls = {
            (position, index): call for position, calls in enumerate(listed) for index, call in enumerate(calls)
        }
        self._first = self._first_indices()
        self.declared: defaultdict[Key, dict[int, Shape | None]] = defaultdict(dict)
        """The shapes that the configuration declares, by call and output."""
        for call in self.calls.values():
            for reference in call.references():
                if reference.shape is not None or reference.output not in self.declared[self.key(reference)]:
                    self.declared[self.key(reference)][reference.output] = reference.shape

    def key(self, reference: TensorReference) -> Key:
        """The call that a reference means.

        Raises:
            UnreadableModelError: No layer has that name.
        """
        position = self.positions.get(reference.layer)
        if position is None:
            raise self._wrong(reference.layer, "is taken from, but is no layer of the model")
        return position, reference.node - self._first[position]

    def in_order(self, given: Collection[Key]) -> Iterator[Key]:
        """The calls, each after those that it takes from, else in the order in which they are listed.

        Raises:
            UnreadableModelError: A call takes from one that takes from it.
        """
        sources = {
            key: {self.key(reference) for reference in call.references()} - set(given)
            for key, call in self.calls.items()
            if key not in given
        }
        takers: defaultdict[Key, list[Key]] = defaultdict(list)
        for key, taken in sources.items():
            for source in taken:
                takers[source].append(key)
        missing = {key: len(taken) for key, taken in sources.items()}
        ready = [key for key, count in missing.items() if not count]
        heapq.heapify(ready)
        done = 0
        while ready:
            key = heapq.heappop(ready)
            yield key
            done += 1
            for taker in takers[key]:
                missing[taker] -= 1
                if not missing[taker]:
                    heapq.heappush(ready, taker)
        if done < len(sources):
            position = min(key for key, count in missing.items() if count)[0]
            raise self._wrong(name_of(self.layers[position]), "takes what is never there: a call of its own, or none")

    def _first_indices(self) -> list[int]:
        """The number of the first call of each layer: 1 where models inside count the call that made them."""
        asked: defaultdict[str, set[int]] = defaultdict(set)
        for call in self.calls.values():
            for reference in call.references():
                asked[reference.layer].add(reference.node)
        first = []
        for layer, count in zip(self.layers, self.counts, strict=True):
            numbers = asked[name_of(layer)]
            counts_its_making = "input_layers" in object_of(layer.get("config")) or is_older_form(layer)
            beyond = bool(numbers) and max(numbers) >= count
            first.append(int(is_model(layer) and 0 not in numbers and (beyond or counts_its_making)))
        return first

    def _wrong(self, name: str, what: str) -> UnreadableModelError:
        place = LayerPlace(layer=f"{self.path}{name}")
        return UnreadableModelError(f"`{shortened(name)}` {what}", AS_WRITTEN, place=place)
