"""The code to join, as a camera sees it from the back of the room."""

import pytest

from tests.browser.conftest import MakeSite, PhoneOf
from tests.waiting import eventually

# The dark square at the upper left is seven modules wide.
MEASURE = """
const image = document.querySelector('.join-code');
const canvas = document.createElement('canvas');
const side = canvas.width = canvas.height = Math.floor(image.getBoundingClientRect().width);
const paper = canvas.getContext('2d');
paper.drawImage(image, 0, 0, side, side);
const bytes = paper.getImageData(0, 0, side, side).data;
const isDark = (x, y) => bytes[4 * (y * side + x)] < 128;
const all = [...Array(side).keys()];
const dark = all.flatMap((y) => all.filter((x) => isDark(x, y)).map((x) => [x, y]));
const [xs, ys] = [dark.map(([x]) => x), dark.map(([, y]) => y)];
const edge = (numbers, pick) => numbers.reduce((one, other) => pick(one, other));
const [left, top] = [edge(xs, Math.min), edge(ys, Math.min)];
const [right, bottom] = [side - 1 - edge(xs, Math.max), side - 1 - edge(ys, Math.max)];
let run = 0;
while (isDark(left + run, top + 2)) run += 1;
return [side, run / 7, left, top, right, bottom];
"""


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_it_is_large_and_has_its_quiet_zone(
    make_site: MakeSite, phone_of: PhoneOf, theme: str
) -> None:
    phone = phone_of(make_site(join_url="http://192.168.1.20:8050/j"))
    phone.prefers(theme)
    phone.resize(1920, 1080)
    phone.open_dashboard("?view=presenter")
    whole = "return document.querySelector('.join-code').complete"
    eventually(lambda: phone.run(whole), 5, "the code is not loaded")

    side, module, *margins = phone.run(MEASURE)

    assert side >= 320
    assert min(margins) > 3.8 * module
    assert phone.console() == []
