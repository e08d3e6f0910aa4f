"""The join address as a picture that phones can read."""

import segno

from dash_app.pages.tokens import design_tokens


def qr_code(address: str) -> str:
    """Return a `data:` URL of an SVG with the code, dark on white with its quiet zone."""
    tokens = design_tokens("dark")
    code = segno.make(address, error="m")
    picture = code.svg_data_uri(
        border=4, light=tokens["code-light"], dark=tokens["code-dark"], omitsize=True
    )
    return str(picture)
