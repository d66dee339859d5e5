"""`make bench-page`: how soon the explorer is seen, and how it follows a slider, in Chromium on this machine.

The server is warm, as after its first minute; the browser's cache is empty at each visit, as at a first visit. A
slider's move is timed from the event to the frame that shows the new answer. While it is dragged, every frame of the
browser is timed: at 60 frames a second one takes 16.7 ms.
"""

import statistics
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.chromium import launched
from tests.browser.server import serving

VISITS = 10
MOVES = 20
DRAG = 2.0  # seconds
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
TELLS_ANSWER = """window.settled = new Promise((resolve) => {
  const look = () => document.querySelector(".cell.output") ? resolve(performance.now()) : requestAnimationFrame(look);
  look();
});"""
MOVES_SLIDER = """async ([label, value]) => {
  const slider = document.querySelector(`input[type=range][aria-label="${label}"]`);
  const result = document.querySelector(".result");
  const before = result.textContent;
  const begun = performance.now();
  slider.value = value;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  while (result.textContent === before) await new Promise(requestAnimationFrame);
  return performance.now() - begun;
}"""
COUNTS_FRAMES = """(seconds) => {
  const until = performance.now() + 1000 * seconds;
  const times = [];
  window.frames_of_drag = new Promise((resolve) => {
    const next = (now) => { times.push(now); now < until ? requestAnimationFrame(next) : resolve(times); };
    requestAnimationFrame(next);
  });
}"""


def first_visits(browser: Browser, address: str) -> tuple[list[float], list[float]]:
    """The milliseconds to the first paint, and to the first answer that is drawn, of several visits."""
    paints, answers = [], []
    for _ in range(VISITS):
        context = browser.new_context()
        context.add_init_script(TELLS_ANSWER)
        page = context.new_page()
        page.goto(address)
        answers.append(float(page.evaluate("window.settled")))
        paints.append(float(page.evaluate(FIRST_PAINT)))
        context.close()
    return paints, answers


def moves(page: Page) -> list[float]:
    """The milliseconds from a slider's move to the answer."""
    sizes = [6 + index % 5 for index in range(MOVES)]
    return [float(page.evaluate(MOVES_SLIDER, ["Input size", str(size)])) for size in sizes if size != 6]


def frames(page: Page) -> list[float]:
    """The milliseconds of each frame while the input's size is dragged to and fro."""
    box = page.get_by_label("Input size", exact=True).bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 5, y)
    page.mouse.down()
    page.evaluate(COUNTS_FRAMES, DRAG)
    for step in range(int(DRAG * 60)):
        part = abs(step % 60 - 30) / 30
        page.mouse.move(box["x"] + 5 + part * box["width"] / 2, y)
        page.wait_for_timeout(1000 / 60)
    times = page.evaluate("window.frames_of_drag")
    page.mouse.up()
    return [after - before for before, after in pairwise(times)]


def line(what: str, values: Sequence[float]) -> str:
    """The median and the 95th percentile."""
    return f"{what:<44}{statistics.median(values):>12.1f}{statistics.quantiles(values, n=20)[-1]:>12.1f}"


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "log") as address, launched() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address)
        page.locator(".cell.output").first.wait_for()
        print(f"{'the explorer':<44}{'median ms':>12}{'95 % ms':>12}")
        paints, answers = first_visits(browser, address)
        print(line("first paint, nothing cached", paints))
        print(line("the first answer drawn", answers))
        print(line("from a slider's move to its answer", moves(page)))
        taken = frames(page)
        print(line("a frame while it is dragged", taken))
        print(f"{'frames a second while it is dragged':<44}{1000 * len(taken) / sum(taken):>12.1f}")


if __name__ == "__main__":
    main()
