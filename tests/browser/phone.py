"""A browser that behaves like a phone: touches, pages by their names, and what they show."""

import base64
import os
from typing import Any

from dash.testing.browser import Browser
from selenium.webdriver.remote.webelement import WebElement

from tests.browser.site import PREFIX, ROOT
from tests.waiting import eventually

CHEERS = "#react-entry-point #cheers-button"
HATE = "#react-entry-point #hate-button"
PICTURES = ROOT / "var" / "pictures"

Point = tuple[float, float]


def takes_pictures() -> bool:
    """Tell whether `make pictures` runs."""
    return os.environ.get("PICTURES") == "all"


def themes_and_languages() -> list[tuple[str, str]]:
    """Return the looks of a page: two, which differ in both, do for a test; a person sees four."""
    pairs = [("dark", "en"), ("light", "es")]
    return [*pairs, ("dark", "es"), ("light", "en")] if takes_pictures() else pairs


class Phone:
    """Pages of one site at `http://phone.test`, in a window of a phone's size at first."""

    def __init__(self, browser: Browser, port: int) -> None:
        self.browser: Any = browser
        self.driver: Any = browser.driver
        self.base = f"http://phone.test:{port}{PREFIX}"
        self._down = ""
        self.resize(390, 844)

    def resize(self, width: int, height: int) -> None:
        """Make the window as large as that, in CSS pixels."""
        self.cdp(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 700,
        )

    def fits(self, width: int) -> bool:
        """Tell whether nothing on the page is wider than that."""
        return bool(self.run("return document.documentElement.scrollWidth") <= width)

    def prefers(
        self, theme: str, *, reduced_motion: bool = False, forced_colors: bool = False
    ) -> None:
        """Have a system in that theme, dark or light, with motion and colours as usual or not."""
        wishes = {
            "prefers-color-scheme": theme,
            "prefers-reduced-motion": "reduce" if reduced_motion else "no-preference",
            "forced-colors": "active" if forced_colors else "none",
        }
        features = [{"name": name, "value": value} for name, value in wishes.items()]
        self.cdp("Emulation.setEmulatedMedia", features=features)

    def network(self, *, online: bool) -> None:
        """Take the network away from the page, or give it back."""
        self.cdp("Network.enable")
        self.cdp(
            "Network.emulateNetworkConditions",
            offline=not online,
            latency=0,
            downloadThroughput=-1,
            uploadThroughput=-1,
        )

    def speaks(self, language: str) -> None:
        """Press the switch of language until the page is in that one, en or es."""
        if self.run("return document.documentElement.lang") != language:
            self.run("document.querySelector('#react-entry-point [data-switch=language]').click()")
        assert self.run("return document.documentElement.lang") == language

    def picture(self, name: str) -> None:
        """Keep what the window shows, as PNG and as WebP, if `make pictures` runs."""
        if not takes_pictures():
            return
        PICTURES.mkdir(parents=True, exist_ok=True)
        for kind in ("png", "webp"):
            quality = {"quality": 35} if kind == "webp" else {}
            shot = self.cdp("Page.captureScreenshot", format=kind, **quality)
            file = PICTURES / f"{name.replace(' ', '-')}.{kind}"
            file.write_bytes(base64.b64decode(shot["data"]))
            assert file.stat().st_size > (5000 if kind == "png" else 1000), f"{file} is empty"

    def open_clicker(self) -> None:
        """Open the clicker page and wait until Dash has rendered it."""
        self.browser.wait_for_page(f"{self.base}/kafka-clicker")
        self.browser.wait_for_element("#react-entry-point button[data-tap]")

    def offers(self, *labels: str, seconds: float = 12) -> None:
        """Wait until the clicker has these buttons, and takes their taps."""
        shown = "#react-entry-point .pads:not(.new) button"
        script = f"return [...document.querySelectorAll('{shown}')].map((b) => b.textContent)"
        eventually(
            lambda: self.run(script) == [*labels],
            seconds,
            lambda: f"{self.run(script)} are the buttons, not {labels}",
        )

    def open_dashboard(self, search: str = "") -> None:
        """Open the dashboard page and wait until the chart has bins."""
        self.browser.wait_for_page(f"{self.base}/kafka-dashboard{search}")
        eventually(lambda: bool(self.series()), 20, "the chart has no bins")

    def cdp(self, command: str, **arguments: Any) -> Any:
        """Send a command of the DevTools protocol."""
        return self.driver.execute_cdp_cmd(command, arguments)

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page and return what it returns."""
        return self.driver.execute_script(script, *arguments)

    def find(self, selector: str) -> WebElement:
        """Return the element."""
        element: WebElement = self.browser.find_element(selector)
        return element

    def text(self, selector: str) -> str:
        """Return the text that is in the element, also where it is not visible."""
        text: str = self.run("return document.querySelector(arguments[0]).textContent", selector)
        return text

    def shows(self, selector: str, text: str, seconds: float = 10) -> None:
        """Wait until the element's text is that."""
        eventually(
            lambda: self.text(selector) == text,
            seconds,
            lambda: f"{selector} says {self.text(selector)!r}, not {text!r}",
        )

    def box(self, selector: str) -> dict[str, float]:
        """Return where the element is in the window."""
        box: dict[str, float] = self.run(
            "return document.querySelector(arguments[0]).getBoundingClientRect().toJSON()", selector
        )
        return box

    def middle_of(self, selector: str) -> Point:
        """Return the middle of the element in the window."""
        box = self.box(selector)
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def touch(self, kind: str, *points: Point) -> None:
        """Dispatch touchStart, touchMove or touchEnd with the fingers that are down."""
        fingers = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points)]
        self.cdp("Input.dispatchTouchEvent", type=kind, touchPoints=fingers)

    def key(self, kind: str, key: str) -> None:
        """Dispatch keyDown or keyUp; a keyDown of a key that is down already is a repeat."""
        repeat = kind == "keyDown" and self._down == key
        self._down = key if kind == "keyDown" else ""
        code, text = {"Enter": (13, "\r"), " ": (32, " "), "Escape": (27, ""), "m": (77, "m")}[key]
        arguments = {"key": key, "windowsVirtualKeyCode": code, "autoRepeat": repeat}
        if kind == "keyDown":
            arguments["text"] = text
        self.cdp("Input.dispatchKeyEvent", type=kind, **arguments)

    def tap(self, selector: str) -> None:
        """Touch the middle of the element with one finger and lift it."""
        self.touch("touchStart", self.middle_of(selector))
        self.touch("touchEnd")

    def drag(self, start: Point, end: Point) -> None:
        """Drag the mouse from start to end."""
        steps = [("mousePressed", start), ("mouseMoved", end), ("mouseReleased", end)]
        for kind, (x, y) in steps:
            self.cdp(
                "Input.dispatchMouseEvent",
                type=kind,
                x=x,
                y=y,
                button="left",
                buttons=1,
                clickCount=1,
            )

    def series(self) -> list[list[int]]:
        """Return y of each of the chart's traces, as Plotly holds them; none before it has bins."""
        series: list[list[int]] = self.run(
            "const graph = document.querySelector('.js-plotly-plot');"
            "return graph && graph.data ? graph.data.map((trace) => trace.y) : [];"
        )
        return [y for y in series if y]

    def stored(self) -> list[str]:
        """Return the keys of batches that wait in the page's storage."""
        return [key for key in self.run("return Object.keys(localStorage)") if "clicks:" in key]

    def batches(self, key: str) -> list[dict[str, Any]]:
        """Return the batches that wait under a key of the storage."""
        script = "return JSON.parse(localStorage.getItem(arguments[0]))"
        batches: list[dict[str, Any]] = self.run(script, key)
        return batches

    def has_sent_all(self, seconds: float = 15) -> None:
        """Wait until nothing waits in the storage any more."""
        eventually(lambda: not self.stored(), seconds, "taps still wait in the storage")

    def heap_mb(self) -> float:
        """Return the MB that the page's scripts use after a forced collection."""
        for _ in range(3):
            self.cdp("HeapProfiler.collectGarbage")
        return float(self.cdp("Runtime.getHeapUsage")["usedSize"]) / 1e6

    def console(self) -> list[str]:
        """Return the entries on the console since it was last asked."""
        return [entry["message"] for entry in self.browser.get_logs()]

    def foreign_requests(self) -> list[str]:
        """Return the addresses of other hosts that the page has asked for."""
        names = self.run("return performance.getEntriesByType('resource').map((e) => e.name)")
        ours = (self.base.removesuffix(PREFIX), "data:", "blob:")
        return [name for name in names if not name.startswith(ours)]
