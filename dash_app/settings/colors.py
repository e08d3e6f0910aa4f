"""Colours as numbers, and the contrast between two of them as WCAG 2.1 defines it."""

import re

Color = tuple[int, ...]
"""Red, green and blue, 0 to 255 each."""

READABLE = 4.5
"""The contrast that WCAG 2.1 demands of text."""

BLACK = (0, 0, 0)


def color_of(text: str) -> Color:
    """Return the colour that is written as # and six hexadecimal digits. Raises ValueError."""
    if not re.fullmatch("#[0-9a-fA-F]{6}", text):
        raise ValueError("not a colour")
    return tuple(bytes.fromhex(text[1:]))


def written(color: Color) -> str:
    """Return the colour as # and six hexadecimal digits."""
    return f"#{bytes(color).hex()}"


def mixed(color: Color, other: Color, part: float) -> Color:
    """Return the colour with so great a part of the other, 0 to 1."""
    return tuple(round(a + (b - a) * part) for a, b in zip(color, other, strict=True))


def contrast(one: Color, other: Color) -> float:
    """Return the contrast of two colours, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    r, g, b = (_linear(value / 255) for value in color)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
