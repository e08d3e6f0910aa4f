"""The join address as a picture that phones can read."""

import segno

from dash_app.pages.tokens import tokens


def qr_code(address: str) -> str:
    """Return a `data:` address of an SVG with the code, dark on white with its quiet zone."""
    look = tokens("dark")
    code = segno.make(address, error="m")
    picture = code.svg_data_uri(
        border=4, light=look["code-light"], dark=look["code-dark"], omitsize=True
    )
    return str(picture)
