"""A page as a person has it before them, and all that a browser has to complain about it."""

import json
import re
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")
TELLS_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`refused by the policy: ${event.violatedDirective} ${event.blockedURI}`));"""
LONGEST_WAIT = 30_000  # milliseconds: the machine may have other things to do
expect.set_options(timeout=LONGEST_WAIT)


class Visit:
    """A page of the explorer.

    `may_refuse` are the statuses that the service may answer with: a browser reports every answer from 400 on as an
    error on its console, though the page expects it. Every other complaint fails the test.
    """

    def __init__(self, context: BrowserContext, address: str, *, may_refuse: tuple[int, ...] = ()) -> None:
        context.set_default_timeout(LONGEST_WAIT)
        context.add_init_script(TELLS_VIOLATIONS)
        self.address = address
        self.complaints: list[str] = []
        self.asked: list[tuple[str, Any]] = []
        """The paths that were asked, and what was posted to each."""
        self._may_refuse = may_refuse
        self.page: Page = context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"an error of the page: {error}"))
        self.page.on("request", self._see)
        self.page.on("response", self._judge)
        self.page.on("requestfailed", self._lost)

    def go(self, place: str = "") -> "Visit":
        """Open a place of the page: `#/layer?stride=[2,2]`."""
        self.page.goto(f"{self.address}/{place}")
        expect(self.page.locator(".view h1")).to_be_visible()
        return self

    def settled(self) -> None:
        """Wait until nothing is asked any more, as when somebody looks at the answer."""
        self.page.wait_for_load_state("networkidle", timeout=60_000)
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)

    def field(self, label: str) -> Locator:
        """The field of a label, exactly as it is written."""
        return self.page.get_by_label(label, exact=True)

    def button(self, name: str) -> Locator:
        """The button of a name, exactly as it is written."""
        return self.page.get_by_role("button", name=name, exact=True)

    def cell(self, plane: str, row: int, column: int) -> Locator:
        """A cell of a drawn plane."""
        return self.page.get_by_role("grid", name=plane, exact=True).locator(f'[data-at="{row},{column}"]')

    def state(self) -> str:
        """What the address says after its `#`."""
        return urlsplit(self.page.url).fragment

    def width(self) -> int:
        """How wide the page is, in pixels: more than the window where it scrolls sideways."""
        return int(self.page.evaluate("document.scrollingElement.scrollWidth"))

    def violations(self) -> list[str]:
        """What axe finds: each rule that is broken, and where."""
        self.page.evaluate(AXE)
        found = self.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
        return [
            f"{rule['id']}: {node['html'][:160]} {node['failureSummary']}" for rule in found for node in rule["nodes"]
        ]

    def finish(self) -> None:
        """Fail where the browser complained."""
        assert not self.complaints, "\n".join(self.complaints)

    def _hear(self, message: ConsoleMessage) -> None:
        refused = REFUSED.match(message.text)
        if refused and int(refused[1]) in self._may_refuse:
            return
        if message.type in ("error", "warning", "assert"):
            self.complaints.append(f"console {message.type}: {message.text}")

    def _see(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("blob", "data"):
            if f"{url.scheme}://{url.netloc}" != self.address:
                self.complaints.append(f"asked another host: {request.url}")
            self.asked.append((url.path, posted(request)))

    def _judge(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._may_refuse:
            self.complaints.append(f"{response.request.url} answered {response.status}")

    def _lost(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a newer question took its place
            self.complaints.append(f"{request.url} failed: {request.failure}")


def posted(request: Request) -> Any:
    """The JSON that a request carries, or None."""
    try:
        return json.loads(request.post_data_buffer or b"null")
    except ValueError:
        return None
