"""The states of the clicker, each brought about for real: for pictures and for axe."""

from collections.abc import Callable

from dash_app.settings.reactions import Reactions
from tests.browser.gate import Gate, Trouble
from tests.browser.phone import CHEERS, Phone
from tests.browser.site import Site
from tests.browser.states import AUDIENCE, EIGHT, State

CLICK = "kafka/click"
REPEAT = "kafka/repeat"
LAST_PAD = "#react-entry-point .pad:nth-last-child(2)"


def _ready(phone: Phone, gate: Gate, site: Site) -> None:
    phone.open_clicker()
    phone.shows("#delivery", "Ready")


def _sent(phone: Phone, gate: Gate, site: Site) -> None:
    _tap_until(phone, "Sent: 3")


def _waiting(phone: Phone, gate: Gate, site: Site) -> None:
    body = {"status": "error", "message": "Failed to send to Kafka", "appended": False}
    gate.trouble[CLICK] = Trouble(status=503, body=body)
    _tap_until(phone, "Waiting: 3")


def _offline(phone: Phone, gate: Gate, site: Site) -> None:
    gate.trouble[CLICK] = gate.trouble[REPEAT] = Trouble(lose="request")
    _tap_until(phone, "Offline, waiting: 3")


def _unknown(phone: Phone, gate: Gate, site: Site) -> None:
    gate.trouble[CLICK] = Trouble(status=503, body={"status": "error", "message": "Failed"})
    gate.trouble[REPEAT] = Trouble(status=200, body={"repeat_s": 0})
    _tap_until(phone, "Ready · Unknown: 3")


def _not_allowed(phone: Phone, gate: Gate, site: Site) -> None:
    body = {"status": "error", "message": "Not allowed to write to the topic"}
    gate.trouble[CLICK] = Trouble(status=403, body=body)
    _tap_until(phone, "Not allowed, waiting: 3")


def _talk(title: str, buttons: Reactions) -> Callable[[Phone, Gate, Site], None]:
    def enter(phone: Phone, gate: Gate, site: Site) -> None:
        _start(site, title, buttons)
        phone.open_clicker()
        phone.offers(*(button.label for button in buttons))
        for _ in range(3):
            phone.tap(LAST_PAD)
        phone.shows("#delivery", "Sent: 3")

    return enter


def _closed(title: str, buttons: Reactions) -> Callable[[Phone, Gate, Site], None]:
    def enter(phone: Phone, gate: Gate, site: Site) -> None:
        talk = _start(site, title, buttons)
        site.present("PATCH", f"/{talk}", {"taps": "closed"})
        phone.open_clicker()
        phone.offers(*(button.label for button in buttons))
        phone.shows("#delivery", "Closed")

    return enter


def _start(site: Site, title: str, buttons: Reactions) -> str:
    reactions = [button._asdict() for button in buttons]
    talk: str = site.present("POST", "", {"title": title, "reactions": reactions})["id"]
    return talk


def _tap_until(phone: Phone, delivery: str) -> None:
    phone.open_clicker()
    for button in (CHEERS, CHEERS, f"{LAST_PAD} button"):
        phone.tap(button)
    phone.shows("#delivery", delivery)


CLICKER = [
    State("ready", _ready),
    State("sent", _sent),
    State("waiting", _waiting, reactions=3),
    State("offline", _offline),
    State("unknown", _unknown, reactions=8),
    State("not allowed", _not_allowed, reactions=1),
    State("talk", _talk("Kafka in an hour", AUDIENCE)),
    State("talk of eight", _talk("W" * 80, EIGHT)),
    State("talk from the right", _talk("האם זה מהיר מדי? שעה עם קפקא", EIGHT[:1]), reactions=3),
    State("closed", _closed("Is this too fast? Kafka in an hour, first half", AUDIENCE[::2])),
    State("closed eight", _closed("W" * 80, EIGHT)),
]
