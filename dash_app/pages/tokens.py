"""The design tokens of assets/tokens.css, for the chart, the QR code and the browser's bar."""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from markupsafe import Markup

from dash_app.pages import files

THEMES = ("dark", "light")


@cache
def design_tokens(theme: str) -> Mapping[str, str]:
    """Return the value of each token in a theme, dark or light, by its name without the dashes."""
    values: dict[str, str] = {}
    for selector, rules in re.findall(
        r"([^{}]+)\{([^}]*)\}", files.needed("tokens.css").body.decode()
    ):
        if "data-bs-theme" not in selector or f'"{theme}"' in selector:
            pairs = re.findall(r"--([\w-]+):\s*([^;]+);", rules)
            values |= {name: " ".join(value.split()) for name, value in pairs}
    return MappingProxyType(values)


def theme_color_tags() -> Markup:
    """Return the elements that give the browser's bar the background colour of either theme."""
    tag = Markup('<meta name="theme-color" content="{}" media="(prefers-color-scheme: {})">')
    return Markup("\n").join(tag.format(design_tokens(theme)["ground"], theme) for theme in THEMES)
