"""Counts verdicts by kind, and prints them."""

import json
from collections import defaultdict
from collections.abc import Sequence
from random import Random

from tests.mistakes import cases
from tests.mistakes.families import FAMILIES
from tests.mistakes.kinds import Mistake
from tests.mistakes.odd import odd
from tests.mistakes.service import FAILURES, errors_of, timed
from tests.mistakes.sound import Document, Sound, draw, recorded
from tests.mistakes.verdict import Verdict, judge, named, patched, repairs_of

FIGURES = ("good", "one_error", "place", "restored", "shapes", "honest", "exact", "listed")
COLLECTIONS = ("torchvision", "keras", "timm")


def one(
    count: int,
    seed: int,
    kinds: Sequence[str],
    show: int,
    *,
    real: bool = False,
    family: str = "",
    exact: bool = False,
    by: str = "kind",
) -> None:
    """Networks with one mistake."""
    pool: list[Sound] = []
    if real:
        models = [model for name in COLLECTIONS for model in recorded(name) if family in model.family]
        pool = [model for model in Random(seed).sample(models, min(len(models), count)) if model.valid]
    elif family:
        names = [name for name in sorted(FAMILIES) if family in name]
        pool = [draw(Random(f"{seed}{name}{turn}"), name) for name in names for turn in range(12)]
    lines: dict[str, list[Verdict]] = defaultdict(list)
    for case in cases.single(count, seed, kinds, pool):
        verdict = judge(case.sound, case.mistake)
        lines[case.mistake.kind if by == "kind" else case.sound.family].append(verdict)
        wrong = not verdict.good or (exact and not verdict.exact)
        if wrong and show > 0:
            show -= 1
            print(f"{failed(verdict)}: {verdict.report}\n")
    print(f"{'':32}{'n':>5}" + "".join(f"{figure:>10}" for figure in FIGURES) + f"{'most s':>8}")
    for name in sorted(lines):
        print(row(name, lines[name]))
    print(row("all", [verdict for verdicts in lines.values() for verdict in verdicts]))
    told_failures()


def told_failures() -> None:
    """Requests that the service failed on."""
    if FAILURES:
        print(f"answers of 500 and above: {len(FAILURES)}; the first body: {json.dumps(FAILURES[0])[:2000]}")


def failed(verdict: Verdict) -> str:
    return ", ".join(f"not {figure}" for figure in FIGURES[1:] if not getattr(verdict, figure))


def row(name: str, verdicts: Sequence[Verdict]) -> str:
    """One line: how many, the shares in hundredths, and the longest time."""
    shares = [100 * sum(getattr(verdict, figure) for verdict in verdicts) / max(1, len(verdicts)) for figure in FIGURES]
    most = max((verdict.seconds for verdict in verdicts), default=0)
    return f"{name:32}{len(verdicts):5}" + "".join(f"{share:10.1f}" for share in shares) + f"{most:8.2f}"


def two(count: int, seed: int, show: int) -> None:
    """Networks with two mistakes."""
    total = two_errors = both = restored = 0
    most = 0.0
    for sound_network, first, second in cases.double(count, seed):
        answer, seconds = timed(first.body)
        errors, repairs = errors_of(answer), repairs_of(answer)
        total, most = total + 1, max(most, seconds)
        right = (len(errors) == 2, told_apart(errors, first, second), whole(first.body, repairs))
        two_errors, both, restored = two_errors + right[0], both + right[1], restored + right[2]
        if not all(right) and show > 0:
            show -= 1
            print(f"two errors, both named, restored: {right} in {sound_network.family}\n  {first.kind}: {first.told}")
            print(f"  {second.kind}: {second.told}")
            for error in errors[:6]:
                print(f"    {error['name']} at {error['location']}: {error['message']}")
            for repair in repairs[:3]:
                print(f"    - {repair['title']}")
    print(f"two mistakes: {total}; two errors {two_errors}, both named {both}, restored {restored}; most {most:.2f} s")


def told_apart(errors: Sequence[Document], first: Mistake, second: Mistake) -> bool:
    """Whether one error names one mistake, and another the other."""

    def names(mistake: Mistake, error: Document) -> bool:
        return named(mistake.places, [error], error.get("fixes", []))

    return any(names(first, one) and names(second, other) for one in errors for other in errors if one is not other)


def whole(body: Document, repairs: Sequence[Document]) -> bool:
    """Whether the first repair mends everything."""
    mended = patched(body, repairs[0]) if repairs else None
    return mended is not None and not errors_of(timed(mended)[0])


def sound(count: int, seed: int, show: int) -> None:
    """Networks without a mistake, half of them with odd choices."""
    rng, wrong, most = Random(seed), 0, 0.0
    for number in range(count):
        network = odd(rng) if number % 2 else draw(rng)
        answer, seconds = timed(network.body)
        most = max(most, seconds)
        errors = errors_of(answer)
        wrong += bool(errors)
        if errors and show > 0:
            show -= 1
            print(network.family, network.style, [(e["name"], e["location"], e["message"]) for e in errors[:3]])
    print(f"sound: {count}; with errors {wrong}; most {most:.2f} s")
