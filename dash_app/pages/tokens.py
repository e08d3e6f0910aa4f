"""The design tokens of assets/tokens.css, for what no stylesheet reaches."""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from markupsafe import Markup

from dash_app.pages import files

THEMES = ("dark", "light")


@cache
def tokens(theme: str) -> Mapping[str, str]:
    """Return the value of each token in a theme, dark or light, by its name without dashes."""
    file = files.asset("tokens.css")
    if file is None:
        raise FileNotFoundError("assets/tokens.css is missing; is the whole project installed?")
    found: dict[str, str] = {}
    for selector, rules in re.findall(r"([^{}]+)\{([^}]*)\}", file.body.decode()):
        if "data-bs-theme" not in selector or f'"{theme}"' in selector:
            pairs = re.findall(r"--([\w-]+):\s*([^;]+);", rules)
            found |= {name: " ".join(value.split()) for name, value in pairs}
    return MappingProxyType(found)


def bar_tags() -> Markup:
    """Return the elements that give the browser's bar the ground of either theme."""
    tag = Markup('<meta name="theme-color" content="{}" media="(prefers-color-scheme: {})">')
    return Markup("\n").join(tag.format(tokens(theme)["ground"], theme) for theme in THEMES)
