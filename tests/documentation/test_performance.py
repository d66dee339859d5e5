"""The three sentences at the top of `docs/performance.md` say what its tables say."""

import re

from tests.documentation.examples import ROOT

PAGE = (ROOT / "docs/performance.md").read_text(encoding="utf-8")
[_, OPENING, REST] = PAGE.split("\n\n", 2)
POOLS = ("mean", "max", "root of squares", "the same, padding")


def mean(threads: int, layers: str, theirs: str) -> float:
    """A geometric mean of the summary."""
    [found] = re.findall(rf"^\| {threads} \| {layers} \| {theirs} \| ([\d.]+) \|", PAGE, re.MULTILINE)
    return float(found)


def times(pools: bool) -> list[float]:
    """Our times on one thread."""
    table = PAGE.split("## With 1 thread")[1].split("## With 2 threads")[0]
    rows = re.findall(r"^\| ([^|]+) \| ([\d.]+) \|", table, re.MULTILINE)
    return [float(time) for name, time in rows if any(word in name for word in POOLS) is pools]


def test_three_sentences_stand_before_any_table() -> None:
    assert len(re.findall(r"\.(?:\s|$)", OPENING)) == 3
    assert "|" not in OPENING


def test_the_times_are_those_of_the_table() -> None:
    text = " ".join(OPENING.split())
    assert f"takes {min(times(False)):.1f} to {max(times(False)):.0f} ms" in text
    assert f"a pool {min(times(True)):.2f} to {max(times(True)):.1f} ms" in text
    assert len(times(False)) == 30
    assert len(times(True)) == 13


def test_the_ratios_are_those_of_the_table() -> None:
    text = " ".join(OPENING.split())
    assert f"{mean(1, 'convolutions', 'PyTorch'):.1f} times as long as PyTorch's" in text
    assert f"{mean(1, 'convolutions', 'onnxruntime'):.1f} times as long as onnxruntime's" in text
    assert round(mean(1, "pools", "PyTorch") * 3) == 1
    assert f"{mean(2, 'convolutions', 'PyTorch'):.1f} and {mean(2, 'convolutions', 'onnxruntime'):.1f} times" in text
