"""Broken networks for a seed: one mistake each, or two that have nothing to do with each other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from random import Random

from tests.mistakes.families import FAMILIES
from tests.mistakes.kinds import KINDS, Kind, Mistake
from tests.mistakes.service import ask, errors_of, is_valid
from tests.mistakes.sound import Sound, draw

TRIES = 3
"""How often a kind is tried on one network before another is taken. Chosen."""
NEAR = 3
"""So many steps apart two mistakes are still neighbours. Chosen: a convolution, its norm and its activation."""


@dataclass(frozen=True)
class Case:
    """A sound network and what became of it."""

    sound: Sound
    mistake: Mistake


def pool_of(seed: int, size: int) -> list[Sound]:
    """Sound networks: each family in turn, in drawn styles and sizes."""
    rng, families = Random(seed), cycle(sorted(FAMILIES))
    drawn = [draw(rng, next(families)) for _ in range(size)]
    return [sound for sound in drawn if sound.valid]


def broken(kind: Kind, pool: Sequence[Sound], rng: Random) -> Case | None:
    """A mistake of a kind in one of the networks; None where none of those tried can have it."""
    for sound in rng.sample(pool, len(pool)):
        for _ in range(TRIES):
            mistake = kind(sound, rng)
            if mistake is not None and not is_valid(mistake.body):
                return Case(sound, mistake)
    return None


def single(count: int, seed: int, kinds: Sequence[str] = (), pool: Sequence[Sound] = ()) -> Iterator[Case]:
    """So many cases of one mistake, each kind in turn."""
    rng = Random(seed)
    pool = pool or pool_of(seed, max(2 * len(FAMILIES), count // 4))
    names = cycle(rng.sample(sorted(kinds or KINDS), len(kinds or KINDS)))
    made = missed = 0
    while made < count and missed < 2 * len(KINDS):
        case = broken(KINDS[next(names)], pool, rng)
        if case is None:
            missed += 1
            continue
        made, missed = made + 1, 0
        yield case


def double(count: int, seed: int, pool: Sequence[Sound] = ()) -> Iterator[tuple[Sound, Mistake, Mistake]]:
    """So many networks with two mistakes; both mistakes have the body with both."""
    rng = Random(seed)
    pool = pool or pool_of(seed, max(2 * len(FAMILIES), count // 2))
    kinds = [KINDS[name] for name in sorted(KINDS) if not KINDS[name].whole]
    made = 0
    while made < count:
        first = broken(rng.choice(kinds), pool, rng)
        if first is None:
            continue
        for _ in range(20):
            other = rng.choice(kinds)(first.sound, rng)
            if other is None or is_valid(other.body):
                continue
            pair = both(first.sound, first.mistake, other)
            if pair is not None and not is_valid(pair[0].body):
                made += 1
                yield (first.sound, *pair)
                break


def both(sound: Sound, one: Mistake, two: Mistake) -> tuple[Mistake, Mistake] | None:
    """Two mistakes in one body; None where they are too near to be told apart."""
    plain = list(range(len(sound.names)))
    if list(one.sources) != plain:
        one, two = two, one
    if list(one.sources) != plain or one.body.get("outputs") != two.body.get("outputs"):
        return None
    layers = []
    for layer, source in zip(two.body["layers"], two.sources, strict=True):
        kept = None if source is None else sound.body["layers"][source]
        changed = source is not None and one.body["layers"][source] != kept
        if changed and layer != kept:
            return None
        layers.append(one.body["layers"][source] if changed and source is not None else layer)
    touched = indices(one.places)
    if touched - set(two.sources) or are_near(sound, one, two) or share_errors(one, two):
        return None
    body = {**two.body, "layers": layers}
    position = {source: index for index, source in enumerate(two.sources) if source is not None}
    places = tuple(f"/layers/{position[index]}" for index in touched)
    return (
        Mistake(body, places, one.told, two.sources, kind=one.kind, knowable=one.knowable),
        Mistake(body, two.places, two.told, two.sources, kind=two.kind, knowable=two.knowable),
    )


def indices(pointers: Iterable[str]) -> set[int]:
    """The layers that pointers lead to."""
    parts = (pointer.split("/") for pointer in pointers if pointer.startswith("/layers/"))
    return {int(part[2]) for part in parts if part[2].isdigit()}


def are_near(sound: Sound, one: Mistake, two: Mistake) -> bool:
    """Whether few steps lead from what one mistake touches to what the other does."""

    def touched(mistake: Mistake) -> set[int]:
        marked = indices(mistake.places)
        known = {mistake.sources[index] for index in marked} | {
            mistake.sources[index - 1] for index in marked if mistake.sources[index] is None and index
        }
        gone = set(range(len(sound.names))) - {source for source in mistake.sources if source is not None}
        return {index for index in known if index is not None} | gone

    reached = touched(one)
    for _ in range(NEAR):
        ahead = {after for index in reached for after in sound.consumers(index)}
        names = {name.split(":")[0] for index in reached for name in sound.taken[index]}
        reached |= ahead | {index for index, name in enumerate(sound.names) if name in names}
    return bool(reached & touched(two))


def share_errors(one: Mistake, two: Mistake) -> bool:
    """Whether both mistakes alone make the same layer fail, so that one error may speak of both."""

    def failing(mistake: Mistake) -> set[int | None]:
        errors = errors_of(ask({**mistake.body, "detail": "full"}))
        errors += [each for error in errors for each in error.get("consequences", [])]
        return {mistake.sources[index] for index in indices(error["location"] for error in errors)}

    return bool(failing(one) & failing(two))
