"""The buttons that others have made: the browser's full screen, and those of Plotly."""

import re
from pathlib import Path

import pytest

from tests.browser.phone import Phone
from tests.browser.site import Site
from tests.browser.test_dashboard import GRAPH, draws
from tests.browser.test_looks import prefers
from tests.browser.viewer import saved
from tests.waiting import eventually

PNG = b"\x89PNG\r\n\x1a\n"
TITLES = "return [...document.querySelectorAll('.modebar-btn')].map((b) => b.dataset.title)"
ENGLISH = ["Zoom", "Pan", "Reset axes"]
SPANISH = ["Ampliar", "Desplazar", "Restablecer los ejes"]


def click(phone: Phone, selector: str) -> None:
    """Click with the mouse: a browser does some things for a real finger only."""
    phone.run("document.querySelector(arguments[0]).scrollIntoView()", selector)
    x, y = phone.middle_of(selector)
    for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
        phone.cdp(
            "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1, clickCount=1
        )


def test_the_screen_is_filled_and_left_again(phone: Phone) -> None:
    phone.resize(1280, 800)
    phone.open_dashboard("?view=presenter")
    full = "return document.fullscreenElement === document.documentElement"

    click(phone, "#react-entry-point #full")
    eventually(lambda: phone.run(full), 5, "the page does not fill the screen")
    click(phone, "#react-entry-point #full")
    eventually(lambda: not phone.run(full), 5, "the page still fills the screen")
    assert phone.console() == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_picture_is_a_slide_of_the_chart(
    phone: Phone, site: Site, tmp_path: Path, language: str
) -> None:
    site.click(*[("cheers", 30)] * 5)
    phone.resize(1280, 800)
    prefers(phone, "dark", language)
    phone.open_dashboard()
    draws(phone, 5, 0)

    picture = saved(phone, "png", tmp_path)
    data = picture.read_bytes()

    assert data.startswith(PNG)
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    assert (width, height) == (1920, 1080)
    assert 5_000 < len(data) < 1_000_000
    name = r"Kafka-Real-time-Dashboard-\d{4}-\d\d-\d\d-\d{6}\.png"
    assert re.fullmatch(name, picture.name)
    assert phone.foreign_requests() == []
    assert phone.console() == []


def test_plotlys_buttons_follow_the_language(phone: Phone) -> None:
    phone.resize(1280, 800)
    prefers(phone, "dark", "es-ES")
    phone.open_dashboard()
    has_titles(phone, SPANISH)
    x = phone.run(f"return {GRAPH}.data[0].x")
    phone.run(f"Plotly.relayout({GRAPH}, {{'xaxis.range': arguments[0]}})", [x[9], x[19]])
    zoomed = phone.run(f"return {GRAPH}._fullLayout.xaxis.range")

    phone.speaks("en")
    has_titles(phone, ENGLISH)
    assert phone.run(f"return {GRAPH}._fullLayout.xaxis.range") == zoomed
    phone.speaks("es")
    has_titles(phone, SPANISH)
    phone.run("localStorage.clear()")
    assert phone.console() == []


def has_titles(phone: Phone, titles: list[str]) -> None:
    eventually(
        lambda: phone.run(TITLES) == titles, 10, lambda: f"the titles are {phone.run(TITLES)}"
    )
