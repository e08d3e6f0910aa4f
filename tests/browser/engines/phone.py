"""A phone whose browser is another engine than Chromium: the same helpers by W3C's protocol."""

from typing import Any

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.command import Command

from tests.browser.engines import assistive
from tests.browser.engines.engines import Engine
from tests.browser.phone import Phone, Point
from tests.browser.site import PREFIX
from tests.waiting import eventually

LEAST_WIDTH = 500
"""Of a window of Firefox."""

KEYS = {"Enter": Keys.RETURN, " ": Keys.SPACE}
LISTEN = """
window.complaints = [];
for (const type of ["error", "unhandledrejection", "securitypolicyviolation"])
  addEventListener(type, ({ message = type }) => complaints.push(message), true);
console.error = (...what) => complaints.push(String(what));
"""
"""For an engine whose driver gives no console: it hears nothing of the load of a page."""


class EnginePhone(Phone):
    """Pages of one site in an engine; what only the DevTools protocol can do is missing."""

    def __init__(self, engine: Engine, port: int) -> None:
        self.engine = engine
        self.session_bus = engine.environment["DBUS_SESSION_BUS_ADDRESS"]
        self._fingers = 0
        self._tabs = [engine.browser.driver.current_window_handle]
        super().__init__(engine.browser, port)
        self.base = f"http://{engine.host}:{port}{PREFIX}"

    def resize(self, width: int, height: int) -> None:
        """Make the window that large, with its bars, but not narrower than an engine can."""
        size = [max(width, LEAST_WIDTH), height]
        # Firefox takes 5 s to set any size where no manager of windows runs.
        if self.run("return [outerWidth, outerHeight]") != size:
            self.driver.set_window_size(*size)

    def cdp(self, command: str, **arguments: Any) -> Any:
        """Refuse: this is no Chromium."""
        raise NotImplementedError(f"{self.engine.name} has no {command}")

    def touch(self, kind: str, *points: Point) -> None:
        """Bring down the fingers that are not down yet, move all, or lift all."""
        if kind == "touchEnd":
            steps = [[{"type": "pointerUp", "button": 0}]] * self._fingers
            self._fingers = 0
        else:
            steps = [[_move(point)] for point in points]
            for finger in range(self._fingers, len(points)):
                steps[finger].append({"type": "pointerDown", "button": 0})
            self._fingers = len(points)
        self._act("pointer", steps, parameters={"pointerType": self.engine.pointer})

    def key(self, kind: str, key: str) -> None:
        """Send keyDown or keyUp to the element that has the focus."""
        self._act("key", [[{"type": kind, "value": KEYS[key]}]])

    def open_tab(self) -> str:
        """Open a tab in front of the others, and return its handle."""
        self.driver.switch_to.new_window("tab")
        tab: str = self.driver.current_window_handle
        self._tabs.append(tab)
        self.look_at(tab)
        return tab

    def close_tab(self) -> None:
        """Close the tab in front and look at the first one."""
        self._tabs.remove(self.driver.current_window_handle)
        self.driver.close()
        self.look_at(self._tabs[0])

    def look_at(self, tab: str) -> None:
        """Bring a tab to the front."""
        self.driver.switch_to.window(tab)
        if not self.engine.chooses_tabs:
            assistive.choose_tab(self.session_bus, self._tabs.index(tab))
        eventually(lambda: self.run("return !document.hidden"), 5, "the tab is not seen")

    def press(self, label: str) -> None:
        """Press the button that is named so as assistive technology does."""
        assistive.press(self.session_bus, label)

    def console(self) -> list[str]:
        """Return the complaints since it was last asked, or those since the page was opened."""
        if self.engine.complaint:
            return self.engine.console()
        complaints: list[str] = self.run("return window.complaints")
        return complaints

    def open_clicker(self) -> None:
        """Open the clicker page and listen to its complaints."""
        super().open_clicker()
        self._listen()

    def open_dashboard(self, search: str = "") -> None:
        """Open the dashboard page and listen to its complaints."""
        super().open_dashboard(search)
        self._listen()

    def _listen(self) -> None:
        if self.engine.complaint is None:
            self.run(LISTEN)

    def _act(self, kind: str, steps: list[list[dict[str, Any]]], **more: Any) -> None:
        # All sources go on in step, so a shorter one waits.
        longest = max(map(len, steps))
        padded = [[{"type": "pause"}] * (longest - len(each)) + each for each in steps]
        sources = [
            {"type": kind, "id": f"{kind} {place}", "actions": each, **more}
            for place, each in enumerate(padded)
        ]
        self.driver.execute(Command.W3C_ACTIONS, {"actions": sources})


def _move(point: Point) -> dict[str, Any]:
    x, y = point
    return {"type": "pointerMove", "duration": 0, "x": round(x), "y": round(y)}
