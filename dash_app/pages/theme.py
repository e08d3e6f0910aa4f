"""The tokens that follow from the three colours of THEME, in both themes of the pages."""

from collections.abc import Mapping

from flask import Response, request

from dash_app.pages import files
from dash_app.pages.tokens import THEMES, design_tokens
from dash_app.security.access import anybody
from dash_app.security.gate import Gate
from dash_app.settings import Settings
from dash_app.settings.colors import BLACK, READABLE, color_of, contrast, mixed, written

Tokens = Mapping[str, str]

_NAME = "assets/theme.css"
_STEPS = 20
_GLOW, _AREA, _LIGHT, _DEEP = 0.2, 0.14, 0.12, 0.28


def mount(settings: Settings, gate: Gate) -> None:
    """Serve the stylesheet with the colours of THEME, if there are any."""
    if settings.theme is None:
        return
    file = _style(settings)

    def serve() -> Response:
        return files.file_response(file, is_immutable=request.args.get("v") == file.content_hash)

    gate.add(f"/{_NAME}", serve, access=anybody)


def address(settings: Settings) -> str:
    """Return the stylesheet's address, relative to the prefix; empty without THEME."""
    return "" if settings.theme is None else f"{_NAME}?v={_style(settings).content_hash}"


def themed_tokens(settings: Settings, theme: str) -> Tokens:
    """Return the design tokens of a theme, dark or light, with the colours of THEME."""
    tokens = design_tokens(theme)
    if settings.theme is None:
        return tokens
    first, second, accent = settings.theme.split(",")
    link = {"link": _readable(accent, tokens)}
    buttons = [_button(first, "reaction-1", tokens), _button(second, "reaction-2", tokens)]
    return {**tokens, **buttons[0], **buttons[1], **link}


def _button(color: str, name: str, tokens: Tokens) -> Tokens:
    rgb = color_of(color)
    return {
        name: color,
        f"{name}-light": written(mixed(rgb, color_of(tokens["code-light"]), _LIGHT)),
        f"{name}-deep": written(mixed(rgb, BLACK, _DEEP)),
        f"{name}-glow": _transparent(color, _GLOW),
        f"{name}-area": _transparent(color, _AREA),
        f"on-{name}": written(BLACK),
        f"{name}-text": _readable(color, tokens),
    }


def _transparent(color: str, opacity: float) -> str:
    return f"rgba{(*color_of(color), opacity)}"


def _readable(color: str, tokens: Tokens) -> str:
    """Return the colour, or the nearest to it that can be read on every surface of the theme."""
    surfaces = [color_of(tokens[name]) for name in ("ground", "surface", "raised")]
    text = color_of(tokens["text"])
    mixes = (mixed(color_of(color), text, step / _STEPS) for step in range(_STEPS + 1))
    readable = (m for m in mixes if min(contrast(m, each) for each in surfaces) >= READABLE)
    return written(next(readable, text))


def style(settings: Settings) -> str:
    """Return the stylesheet with the colours of THEME; it is empty without one."""
    return "" if settings.theme is None else "".join(_rule(settings, theme) for theme in THEMES)


def _style(settings: Settings) -> files.File:
    return files.pack(style(settings).encode(), "text/css")


def _rule(settings: Settings, theme: str) -> str:
    changed = dict(themed_tokens(settings, theme).items() - design_tokens(theme).items())
    values = "".join(f"  --{name}: {value};\n" for name, value in sorted(changed.items()))
    root = ":root,\n" if theme == THEMES[0] else ""
    return f'{root}[data-bs-theme="{theme}"] {{\n{values}}}\n'
