"""The join address as a picture that phones can read."""

import segno


def qr_code(address: str) -> str:
    """Return a `data:` address of an SVG with the code, dark on white with its quiet zone."""
    return str(segno.make(address, error="m").svg_data_uri(border=4, light="#fff", omitsize=True))
