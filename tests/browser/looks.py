"""How a page may look: on each screen, in both themes and languages; and what no look may have."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tests.browser.phone import Phone, themes_and_languages
from tests.waiting import eventually

Size = tuple[int, int]

PHONE, DESK, WALL = (390, 844), (1366, 768), (1920, 1080)
SIZES = [PHONE, (844, 390), (683, 384), DESK, WALL]
"""A phone upright and sideways, a desk with a zoom of 200 % and without, and a wall."""

CUT = """
const cut = (e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== 'auto';
const seen = [...document.querySelectorAll('h1, h2, p, span, button, a, .card, .panel')];
const heard = '.visually-hidden, [data-view="presenter"] .titles';
return seen.filter((e) => e.offsetParent && !e.closest(heard) && cut(e))
  .map((e) => e.outerHTML.slice(0, 120));
"""
THEME = """
const { dataset } = document.documentElement;
const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
return { ...dataset, isDark, isHidden: document.hidden };
"""


class Look(NamedTuple):
    """One of the looks of a page; as text, the end of its picture's name."""

    size: Size
    theme: str
    language: str

    def __str__(self) -> str:
        return f"{self.theme} {self.language} {self.size[0]}"


def looks(phone: Phone, sizes: Sequence[Size] = SIZES) -> Iterator[Look]:
    """Bring the page into one look after the other, without motion: axe must see final colours."""
    for theme, language in themes_and_languages():
        phone.speaks(language)
        _has_theme(phone, theme)
        for size in sizes:
            phone.resize(*size)
            yield Look(size, theme, language)


def _has_theme(phone: Phone, theme: str) -> None:
    # Over a stream the page is dark whatever the system prefers.
    phone.prefers(theme, reduced_motion=True)

    def follows() -> bool:
        shown = phone.run(THEME)
        return bool(shown.get("overlay") == "on" or shown["bsTheme"] == theme)

    eventually(follows, 10, lambda: f"{theme} is not followed: {phone.run(THEME)}")
