"""Marionette, the protocol by which Firefox is driven, as Selenium wants a connection to be.

Debian has no geckodriver, which would only translate from HTTP.
"""

import json
import socket
from types import MappingProxyType
from typing import Any

from selenium.webdriver.remote.command import Command

COMMANDS = MappingProxyType(
    {
        Command.CLOSE: "WebDriver:CloseWindow",
        Command.FIND_ELEMENT: "WebDriver:FindElement",
        Command.FIND_ELEMENTS: "WebDriver:FindElements",
        Command.GET: "WebDriver:Navigate",
        Command.GET_CURRENT_URL: "WebDriver:GetCurrentURL",
        Command.GET_ELEMENT_TEXT: "WebDriver:GetElementText",
        Command.GET_TITLE: "WebDriver:GetTitle",
        Command.NEW_SESSION: "WebDriver:NewSession",
        Command.NEW_WINDOW: "WebDriver:NewWindow",
        Command.QUIT: "Marionette:Quit",
        Command.SET_TIMEOUTS: "WebDriver:SetTimeouts",
        Command.SET_WINDOW_RECT: "WebDriver:SetWindowRect",
        Command.SWITCH_TO_WINDOW: "WebDriver:SwitchToWindow",
        Command.W3C_ACTIONS: "WebDriver:PerformActions",
        Command.W3C_EXECUTE_SCRIPT: "WebDriver:ExecuteScript",
        Command.W3C_GET_CURRENT_WINDOW_HANDLE: "WebDriver:GetWindowHandle",
        Command.W3C_GET_WINDOW_HANDLES: "WebDriver:GetWindowHandles",
    }
)
"""Those that the tests use, by their names in Selenium."""

ANSWER_SECONDS = 60


class Marionette:
    """A connection to the Firefox that listens on the port."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS)
        self._answers = self._socket.makefile("rb")
        self._asked = 0
        self._read()

    def close(self) -> None:
        """Close it; Firefox runs on."""
        self._answers.close()
        self._socket.close()

    def execute(self, command: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Send one of Selenium's commands and return what Selenium takes for an answer."""
        foreign = {"sessionId", "capabilities"}
        wishes = {name: value for name, value in parameters.items() if name not in foreign}
        self._asked += 1
        text = json.dumps([0, self._asked, COMMANDS[command], wishes]).encode()
        self._socket.sendall(b"%d:%s" % (len(text), text))
        _, number, error, value = self._read()
        assert number == self._asked, f"Firefox answered {number}, not {self._asked}"
        if error:
            return {"status": 500, "value": json.dumps({"value": error})}
        is_wrapped = isinstance(value, dict) and set(value) == {"value"}
        return {"value": value["value"] if is_wrapped else value}

    def _read(self) -> Any:
        length = b""
        while (sign := self._answers.read(1)) != b":":
            if not sign:
                raise ConnectionError("Firefox has ended")
            length += sign
        return json.loads(self._answers.read(int(length)))
