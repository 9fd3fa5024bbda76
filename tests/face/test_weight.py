"""What a first visit costs: bytes over the wire, requests, cookies, and whether anything jumps."""

import re

import pytest

from tests.make import PASSWORD
from tests.wall.http_table import lines

from .cast import MEMBER
from .gather import NO_PAGE

pytestmark = pytest.mark.browser

FIRST_VISIT = 80_000  # bytes over the wire, headers and all
REQUESTS = 6  # beside the icon, which a browser asks once per site and keeps apart
CSS, OUR_JS = 16_000, 6_000
OF_A_MEMBER = ("front", "circle", "circle_meetings", "meeting", "meetings")
ELSEWHERE = {"account_inactive", "account_email_verification_sent", "account_reset_password_done"} | {
    "account_reset_password_from_key_done", "account_reset_password_from_key", "account_confirm_email"
}  # fmt: skip
"""Pages with a sentence or one field: no other parts than those of the pages that are weighed."""
JUMPS = """addEventListener("DOMContentLoaded", () => 0); window.jumped = 0;
new PerformanceObserver(list => { for (const entry of list.getEntries()) window.jumped += entry.value; })
  .observe({ type: "layout-shift", buffered: true });"""

IN_PIECES = """async () => {
  const [head, body] = (await (await fetch(location)).text()).split(/(?=<body>)/);
  const drawn = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  document.open();
  document.write(head);
  while ([...document.querySelectorAll("[rel=stylesheet]")].some(link => !link.sheet)) await drawn();
  for (let at = 0; at < body.length; at += 500) {
    document.write(body.slice(at, at + 500));
    await drawn();
  }
  document.close();
}"""
"""Writes the page anew as it comes over a slow line: its style, then a piece, a picture of it, the next piece."""
STILL = 0.01  # cumulative layout shift; 0.1 is called good, and the head of a table in two goes is 0.006


class Scales:
    """A first visit: a browser that kept nothing, and what came over the wire."""

    def __init__(self, browser, **device) -> None:
        self.context = browser.new_context(reduced_motion="reduce", **device)
        self.context.add_init_script(JUMPS)
        self.page = self.context.new_page()
        self.wire = self.context.new_cdp_session(self.page)
        self.wire.send("Network.enable")
        self.wire.on(
            "Network.responseReceived", lambda event: self.came.append((event["requestId"], event["response"]))
        )
        self.wire.on("Network.loadingFinished", lambda event: self.sizes.update({event["requestId"]: event}))
        self.came: list = []
        self.sizes: dict = {}
        self.status = 0

    def weigh(self, address: str) -> dict[str, int]:
        """Bytes by address."""
        self.wire.send("Network.clearBrowserCache")
        self.came.clear()
        self.sizes.clear()
        answer = self.page.goto(address)
        self.status = answer.status if answer else 0
        return {
            response["url"]: round(self.sizes[number]["encodedDataLength"])
            for number, response in self.came
            if number in self.sizes and not response["url"].startswith("data:")
        }

    def jumped(self) -> float:
        self.page.mouse.wheel(0, 600)
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return self.page.evaluate("jumped")


def log_in(scales: Scales, url: str, email: str) -> None:
    scales.page.goto(f"{url}/account/login/")
    scales.page.fill("[name=login]", email)
    scales.page.fill("[name=password]", PASSWORD)
    scales.page.press("[name=password]", "Enter")
    scales.page.wait_for_url(f"{url}/")


def too_much(url: str, name: str, scales: Scales, bytes_of: dict[str, int]) -> list[str]:
    """What is not as light as it must be."""
    found = {
        f"status {scales.status}": scales.status == (404 if name == "not found" else 200),
        "bytes": sum(bytes_of.values()) < FIRST_VISIT,
        "requests": sum(not address.endswith(".svg") for address in bytes_of) <= REQUESTS,
        "other hosts": all(address.startswith(url) for address in bytes_of),
        "css": sum(size for address, size in bytes_of.items() if address.endswith(".css")) <= CSS,
        "js": sum(n for address, n in bytes_of.items() if address.endswith(".js") and "htmx" not in address)
        <= OUR_JS,
        "jumps": scales.jumped() <= STILL,
        "pictures without a size": not scales.page.query_selector("img:not([width][height])"),
    }
    return [f"{name}: {what} {len(bytes_of)} requests {bytes_of}" for what, is_light in found.items() if not is_light]


def test_every_page_of_a_visitor_is_weighed(deployed):
    named = {line.name for line in lines() if line.answers["visitor"][0] == 200}
    named = {name for name in named if not name.startswith(("admin:", "demo_"))}
    assert named - NO_PAGE - ELSEWHERE == set(deployed.pages) - {"not found"}


@pytest.mark.parametrize(
    "device", [{"width": 390, "height": 844}, {"width": 1280, "height": 900}], ids=lambda d: d["width"]
)
def test_a_first_visit_is_light_stays_here_and_nothing_jumps(deployed, chromium, figure, device):
    wrong, weights = [], {}
    scales = Scales(chromium, viewport=device)
    for name, path in deployed.pages.items():
        weights[name] = scales.weigh(deployed.url + path)
        wrong += too_much(deployed.url, name, scales, weights[name])
        if not name.startswith("account_") and scales.context.cookies():
            wrong.append(f"{name}: {scales.context.cookies()}")
        scales.context.clear_cookies()
    log_in(scales, deployed.url, MEMBER)
    for name in OF_A_MEMBER:
        wrong += too_much(
            deployed.url, f"{name} of a member", scales, scales.weigh(deployed.url + deployed.pages[name])
        )
    assert not wrong, "\n".join(wrong)
    figure(
        f"first visit of the front page, {device['width']} px: bytes / requests",
        f"{sum(weights['front'].values())} / {len(weights['front'])}",
    )
    heaviest = max(weights, key=lambda name: sum(weights[name].values()))
    figure("first visit, the heaviest page: bytes", f"{sum(weights[heaviest].values())} ({heaviest})")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_page_that_comes_in_slowly_does_not_jump(deployed, chromium, figure, width):
    scales, jumped = Scales(chromium, viewport={"width": width, "height": 900}), {}
    for name in ("front", "circles", "circle", "governments", "meetings", "meeting"):
        scales.page.goto(deployed.url + deployed.pages[name])
        scales.page.evaluate(IN_PIECES)
        jumped[name] = round(scales.jumped(), 4)
    figure(
        f"layout shift of a page that comes in 500 characters at a time, {width} px",
        f"at most {max(jumped.values())}",
    )
    assert max(jumped.values()) <= STILL, jumped


def test_pages_are_compressed_and_static_files_stay_for_ever(deployed, chromium):
    scales = Scales(chromium)
    scales.weigh(deployed.url + deployed.pages["front"])
    page, *files = [response for _, response in scales.came]
    headers = {name.lower(): value for name, value in page["headers"].items()}
    assert (headers["content-encoding"], "accept-encoding" in headers["vary"].lower()) == ("gzip", True)
    assert files
    for response in files:
        headers = {name.lower(): value for name, value in response["headers"].items()}
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", response["url"]), response["url"]
        assert headers["cache-control"] == "max-age=315360000, public, immutable"
        assert headers.get("content-encoding") == "br" or response["url"].endswith(".svg"), response["url"]
