"""The join address as a picture that phones can read, and as a text that people can."""

import re
from functools import lru_cache

import segno
from dash import html

from dash_app.pages.tokens import design_tokens


@lru_cache(maxsize=4)
def qr_code(address: str) -> str:
    """Return a `data:` URL of an SVG with the code, dark on white with its quiet zone."""
    tokens = design_tokens("dark")
    code = segno.make(address, error="m")
    picture = code.svg_data_uri(
        border=4, light=tokens["code-light"], dark=tokens["code-dark"], omitsize=True
    )
    return str(picture)


def split_address(address: str) -> list[str]:
    """Return the parts between which a line may break: scheme, host, port, path."""
    return re.split(r"(?<=://)|(?=:\d+(?:[/?#]|$))|(?<=[^/:])(?=[/?#])", address)


def address_parts(address: str) -> list[html.Span]:
    """Return the address as elements between which a line may break."""
    return [html.Span(part, className="part") for part in split_address(address)]
