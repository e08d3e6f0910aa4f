"""What people read on the pages, in English and in Spanish: the one catalogue.

The labels of the two types are not in it: they are the same in both languages, see labels.py.
"""

from collections.abc import Mapping
from typing import Any

LANGUAGES = ("en", "es")

Section = Mapping[str, tuple[str, str]]
"""A key's text in each of LANGUAGES; `{name}` in it is filled in by the page's script."""

COMMON: Section = {
    "language": ("Español", "English"),
    "theme": ("Switch between dark and light", "Cambiar entre oscuro y claro"),
}

DEMO: Section = {"demo": ("DEMO: the crowd is simulated", "DEMO: el público es simulado")}

CLICKER: Section = {}

DASHBOARD: Section = {}

LANDING: Section = {
    "lead": (
        "A crowd presses two buttons. Kafka keeps every press, the dashboard draws them live.",
        "El público pulsa dos botones. Kafka guarda cada pulsación y el panel las dibuja.",
    ),
    "pages": ("Pages", "Páginas"),
    "for_phone": ("for your phone", "para tu móvil"),
    "for_screen": ("for the big screen", "para la pantalla grande"),
    "join": ("Join in", "Participa"),
    "scan": ("Scan to join, or open", "Escanea para participar, o abre"),
}

_ALL: Section = {**COMMON, **DEMO, **CLICKER, **DASHBOARD, **LANDING}


def catalogue(section: Section, *, demo: bool) -> dict[str, dict[str, str]]:
    """Return the common texts and those of the section, by language and key."""
    texts = {**COMMON, **(DEMO if demo else {}), **section}
    return {
        language: {key: text[place] for key, text in texts.items()}
        for place, language in enumerate(LANGUAGES)
    }


def text(key: str) -> dict[str, Any]:
    """Return what an element takes to hold that text alone, in the language of the viewer."""
    return {"children": _ALL[key][0], "data-text": key}


def label(key: str) -> dict[str, Any]:
    """Return what an element takes to be called by that text, in the language of the viewer."""
    return {"aria-label": _ALL[key][0], "data-label": key}
