"""The texts of the pages in every language of LANGUAGES.

Another language is another entry there and another text in each row. The labels of
the reactions are the same in every language; the dashboard adds what its script reads as JSON.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from dash_app.pages import (
    dashboard_texts,
    experiment_texts,
    lab_texts,
    now_texts,
    report_texts,
    talks_texts,
)
from dash_app.settings.look import LANGUAGES

Section = dashboard_texts.Section

COMMON: Section = {
    # In each language the name of the next one, to which the switch changes.
    "language": ("Español", "English"),
    "theme": ("Switch between dark and light", "Cambiar entre oscuro y claro"),
}

WITHOUT_SCRIPT = (
    "This page needs JavaScript and a newer browser; please allow it, or reload the page.",
    "Esta página necesita JavaScript y un navegador más nuevo; permítelo o recarga la página.",
)
"""In each of LANGUAGES; a page holds them all, since without a script nothing chooses one."""

DEMO: Section = {"demo": ("DEMO: the crowd is simulated", "DEMO: el público es simulado")}

CLICKER: Section = {
    "home": ("Home", "Inicio"),
    "by_you": ("by you", "por ti"),
    "closed": ("Closed", "Cerrado"),
    "buttons_closed": (
        "The presenter has closed the buttons.",
        "Quien presenta ha cerrado los botones.",
    ),
    "buttons_open": ("The buttons are open again.", "Los botones vuelven a estar abiertos."),
    "talk_now": ("Now: {title}", "Ahora: {title}"),
    "talk_over": ("The talk is over.", "La charla ha terminado."),
    # The labels are the same in every language, and so is this.
    "event_sent": ("Event sent: {label} 🚀", "Event sent: {label} 🚀"),
    "ready": ("Ready", "Listo"),
    "sent": ("Sent: {n}", "Enviados: {n}"),
    "waiting": ("Waiting: {n}", "En espera: {n}"),
    "offline": ("Offline, waiting: {n}", "Sin conexión, en espera: {n}"),
    "forbidden": ("Not allowed, waiting: {n}", "Sin permiso, en espera: {n}"),
    "refused": ("Not sent: {n}", "No enviados: {n}"),
    "unknown": ("Unknown: {n}", "Sin confirmar: {n}"),
    "no_answer": ("no answer from the server", "el servidor no responde"),
    "toast_closed": (
        "Not sent: the presenter has closed the buttons. Taps: {n}",
        "No enviados: quien presenta ha cerrado los botones. Toques: {n}",
    ),
    "toast_forbidden": ("Not sent: {message}", "Sin permiso: {message}"),
    "toast_no_button": (
        "Not sent: taps of buttons that are gone: {n}",
        "No enviados: toques de botones que ya no existen: {n}",
    ),
    "toast_old": (
        "Not sent: taps older than a day: {n}",
        "No enviados: toques de hace más de un día: {n}",
    ),
    "toast_other_log": (
        "Not sent: taps for a count that has ended: {n}",
        "No enviados: toques para un recuento que ya terminó: {n}",
    ),
    "toast_refused": ("Not sent: {message}", "No enviado: {message}"),
    "toast_repeat": ("Not sent yet: {message}", "Aún sin enviar: {message}"),
    "toast_unknown": (
        "Unknown whether these taps were counted: {n}",
        "No se sabe si estos toques se contaron: {n}",
    ),
}

CODE_FORM: Section = {
    "code": ("Access code", "Código de acceso"),
    "enter": ("Enter", "Entrar"),
    "wrong_code": ("That is not the code.", "Ese no es el código."),
    "many_codes": (
        "Too many wrong codes; wait a minute.",
        "Demasiados códigos erróneos; espera un minuto.",
    ),
    "no_cookie": (
        "If this is a frame of another site, the browser keeps no cookie: open the page by itself.",
        "Si esto es un marco de otro sitio, el navegador no guarda cookies: abre la página sola.",
    ),
}

_UNITS = {
    60: (("minute", "minutes"), ("minuto", "minutos")),
    1: (("second", "seconds"), ("segundo", "segundos")),
}
"""The seconds of a unit, the largest unit first, and its singular and plural in each language."""


def bin_widths(widths: Iterable[int]) -> Section:
    """Return the texts `bin_<seconds>` that name these widths, such as "2 seconds" or "minute"."""
    return {f"bin_{width}": _duration(width) for width in widths}


def _duration(seconds: int) -> tuple[str, ...]:
    unit = next(unit for unit in _UNITS if seconds % unit == 0)
    number = seconds // unit
    return tuple(
        singular if number == 1 else f"{number} {plural}" for singular, plural in _UNITS[unit]
    )


LANDING: Section = {
    "lead": (
        "A crowd presses two buttons. A log keeps every press, the dashboard draws them live.",
        "El público pulsa dos botones. Un registro guarda cada pulsación y el panel las dibuja.",
    ),
    "lead_any": (
        "A crowd taps. A log keeps every tap, the dashboard draws them live.",
        "El público toca. Un registro guarda cada toque y el panel los dibuja.",
    ),
    "pages": ("Pages", "Páginas"),
    "for_phone": ("for your phone", "para tu móvil"),
    "for_screen": ("for the big screen", "para la pantalla grande"),
    "join": ("Join in", "Participa"),
    "scan": ("Scan to join, or open", "Escanea para participar, o abre"),
}

_ALL: Section = {
    **COMMON,
    **DEMO,
    **CLICKER,
    **dashboard_texts.DASHBOARD,
    **report_texts.REPORT,
    **talks_texts.TALKS,
    **lab_texts.LAB,
    **now_texts.NOW,
    **experiment_texts.EXPERIMENTS,
    **LANDING,
}


def by_language(section: Section, *, demo: bool) -> dict[str, dict[str, str]]:
    """Return the common texts and those of the section, by language and key."""
    texts = {**COMMON, **(DEMO if demo else {}), **section}
    return {
        language: {key: translations[index] for key, translations in texts.items()}
        for index, language in enumerate(LANGUAGES)
    }


def text(key: str, **names: str) -> dict[str, Any]:
    """Return the properties of an element that shows this text in the viewer's language.

    `names` are the entries of the page's catalogue that the text contains.
    """
    return {"children": _ALL[key][0].format(**names), "data-text": key}


def label(key: str) -> dict[str, Any]:
    """Return the properties of an element whose accessible name is this text."""
    return {"aria-label": _ALL[key][0], "data-label": key}


def same_in_every_language(texts: Mapping[str, str]) -> Section:
    """Return a section with texts that nobody translates, such as labels from the settings."""
    return {key: (text,) * len(LANGUAGES) for key, text in texts.items()}
