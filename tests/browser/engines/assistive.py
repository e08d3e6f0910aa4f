"""Assistive technology: it finds what a browser shows on a bus, and acts on it there."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

from jeepney import DBusAddress, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.low_level import MessageType
from jeepney.wrappers import Properties

from tests.waiting import eventually

INTERFACE = "org.a11y.atspi"
TABS = 38
"""Role PAGE_TAB_LIST of AT-SPI."""

BUTTON = 43
"""Role PUSH_BUTTON of AT-SPI."""


class Accessible(NamedTuple):
    """What a program shows, as it stands on the bus of assistive technology."""

    bus: DBusConnection
    owner: str
    path: str

    def ask(self, interface: str, method: str, signature: str = "", *values: Any) -> Any:
        """Call a method of the object; None if the object is gone."""
        return self._send(new_method_call(self._at(interface), method, signature or None, values))

    def read(self, interface: str, name: str) -> Any:
        """Return a property of the object; None if the object is gone."""
        value = self._send(Properties(self._at(interface)).get(name))
        return value and value[1]

    def children(self) -> Iterator["Accessible"]:
        """Return what is in it."""
        # Not GetChildren: there WebKit's view keeps the page to itself.
        for place in range(self.read("Accessible", "ChildCount") or 0):
            owner, path = self.ask("Accessible", "GetChildAtIndex", "i", place) or ("", "")
            if owner:
                yield Accessible(self.bus, owner, path)

    def _at(self, interface: str) -> DBusAddress:
        return DBusAddress(self.path, self.owner, f"{INTERFACE}.{interface}")

    def _send(self, message: Any) -> Any:
        reply = self.bus.send_and_get_reply(message, timeout=10)
        is_answer = reply.header.message_type is MessageType.method_return
        return reply.body[0] if is_answer else None


@contextmanager
def _desktop(session_bus: str) -> Iterator[Accessible]:
    """Connect to the bus on which programs tell what they show; yield the root of it all."""
    bus = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
    with closing(open_dbus_connection(session_bus)) as session:
        (address,) = session.send_and_get_reply(new_method_call(bus, "GetAddress")).body
    with closing(open_dbus_connection(address)) as connection:
        yield Accessible(connection, f"{INTERFACE}.Registry", "/org/a11y/atspi/accessible/root")


def press(session_bus: str, label: str) -> None:
    """Do the first action of the button that is named so."""
    with _desktop(session_bus) as root:
        button = _find(root, BUTTON, label)
        # Right after its start Firefox does not tell yet what can be done.
        eventually(lambda: button.read("Action", "NActions"), 10, f"{label!r} has no action")
        assert button.ask("Action", "DoAction", "i", 0)


def choose_tab(session_bus: str, place: int) -> None:
    """Bring a tab of the browser to the front, counted from 0 in the order of opening."""
    with _desktop(session_bus) as root:
        tabs = _find(root, TABS)
        assert tabs.ask("Selection", "SelectChild", "i", place)


def _find(root: Accessible, role: int, label: str = "") -> Accessible:
    found = eventually(
        lambda: next(_all(root, role, label), None), 20, f"nothing has role {role}, named {label!r}"
    )
    assert found is not None
    return found


def _all(within: Accessible, role: int, label: str) -> Iterator[Accessible]:
    for each in within.children():
        if each.ask("Accessible", "GetRole") == role and each.read("Accessible", "Name") == label:
            yield each
        yield from _all(each, role, label)
