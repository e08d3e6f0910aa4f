"""The texts of the pages in every language: the one place that names the languages.

Another language is another entry in LANGUAGES and another text in each row. The labels of
the reactions are the same in every language; the dashboard adds what its script reads as JSON.
"""

from collections.abc import Iterable, Mapping
from typing import Any

LANGUAGES = ("en", "es")
"""The first is that of a page whose viewer prefers none of them."""

Section = Mapping[str, tuple[str, ...]]
"""The text of a key in each of LANGUAGES; the page's script fills in each `{name}` in it."""

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
    "ready": ("Ready", "Listo"),
    "sent": ("Sent: {n}", "Enviados: {n}"),
    "waiting": ("Waiting: {n}", "En espera: {n}"),
    "offline": ("Offline, waiting: {n}", "Sin conexión, en espera: {n}"),
    "forbidden": ("Not allowed, waiting: {n}", "Sin permiso, en espera: {n}"),
    "refused": ("Not sent: {n}", "No enviados: {n}"),
    "unknown": ("Unknown: {n}", "Sin confirmar: {n}"),
    "no_answer": ("no answer from the server", "el servidor no responde"),
    "toast_forbidden": ("Not sent: {message}", "Sin permiso: {message}"),
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

DASHBOARD: Section = {
    "live": ("Live", "En directo"),
    "connecting": ("Connecting…", "Conectando…"),
    "catching up": ("Catching up…", "Poniéndose al día…"),
    "reconnecting": ("Reconnecting…", "Reconectando…"),
    "disabled": ("Disabled", "Desactivado"),
    "paused": ("Paused", "En pausa"),
    "stale": ("Stale: {seconds} s", "Sin datos: {seconds} s"),
    "not_counting": ("The server does not count clicks.", "El servidor no cuenta los clics."),
    "broker_away": (
        "The server waits for its broker; new clicks come later.",
        "El servidor espera a su bróker; los clics nuevos llegarán después.",
    ),
    "server_away": (
        "The server does not answer; this page goes on asking.",
        "El servidor no responde; la página sigue preguntando.",
    ),
    "log_in": ("Please log in again.", "Vuelve a iniciar sesión."),
    "lag": ("{records} records are still to be counted.", "Faltan {records} registros por contar."),
    "went_back": (
        "At {time} the log went back to an earlier state; before that it had {before} clicks.",
        "A las {time} el registro volvió a un estado anterior; antes tenía {before} clics.",
    ),
    "incomplete": (
        "The totals lack clicks that the log no longer holds.",
        "A los totales les faltan clics que el registro ya no guarda.",
    ),
    "complete_since": (
        "The curve is complete since {time}.",
        "La curva está completa desde las {time}.",
    ),
    "clock_ahead": (
        "The broker's clock is {seconds} s ahead of the server's: one of them is wrong.",
        "El reloj del bróker va {seconds} s por delante del reloj del servidor: uno está mal.",
    ),
    "clock_behind": (
        "The broker's clock is {seconds} s behind the server's: one of them is wrong.",
        "El reloj del bróker va {seconds} s por detrás del reloj del servidor: uno está mal.",
    ),
    "unreadable": (
        "Records that are no clicks: {records} ({reasons}).",
        "Registros que no son clics: {records} ({reasons}).",
    ),
    "waiting_for_log": ("Waiting for the log", "Esperando el registro"),
    "nothing_yet": ("No clicks yet", "Aún no hay clics"),
    "none_since": ("No clicks since {time}", "Ningún clic desde las {time}"),
    "rate": ("Clicks per second", "Clics por segundo"),
    "share": ("Share of {label}", "Parte de {label}"),
    "curve": (
        "Clicks per {bin}, last {window} minutes",
        "Clics por {bin}, últimos {window} minutos",
    ),
    "unfinished": (
        "Shaded: the newest {bin}, still counting.",
        "Sombreado: {bin}, aún contando.",
    ),
    "peak_of_both": ("Peak {clicks} · {time} (both)", "Máximo {clicks} · {time} (ambos)"),
    "peak_of_all": ("Peak {clicks} · {time} (all)", "Máximo {clicks} · {time} (todos)"),
    "peak": ("Peak {clicks} · {time}", "Máximo {clicks} · {time}"),
    "window": ("Window", "Ventana"),
    "pause": ("Pause", "Pausa"),
    "jump": ("Jump to live", "Ir al directo"),
    "zero": ("Zero here", "Cero aquí"),
    "since": ("since {time}", "desde las {time}"),
    "all": ("Show all", "Mostrar todo"),
    "zero_again": ("Since {time} again", "De nuevo desde las {time}"),
    "presenter": ("Presenter view", "Vista de presentación"),
    "leave": ("Leave presenter view (Esc)", "Salir de la presentación (Esc)"),
    "full": ("Full screen", "Pantalla completa"),
    "code": ("Hide code", "Ocultar código"),
    "show_code": ("Show code", "Mostrar código"),
    "times_in": ("Times in {zone}", "Horas en {zone}"),
    "utc": ("UTC", "UTC"),
    "local_time": ("Local time", "Hora local"),
    "join_in": ("Join in", "Participa"),
    "table": ("Table of the bins", "Tabla de los intervalos"),
    "bins": ("Bins, the newest first", "Intervalos, el más nuevo primero"),
    "share_of": ("Share", "Parte"),
    "time": ("Time", "Hora"),
    "csv": ("CSV", "CSV"),
    "png": ("PNG", "PNG"),
    "seconds": ("Seconds", "Segundos"),
    "complete": ("Complete", "Completo"),
    "yes": ("yes", "sí"),
    "no": ("no", "no"),
    "lately": (
        "Last {seconds} s: {counts}.",
        "Últimos {seconds} s: {counts}.",
    ),
    "counts_age": ("The counts are {seconds} s old.", "Los recuentos tienen {seconds} s."),
    "measured": (
        "Tap to screen: p50 {p50}, p95 {p95}",
        "Del toque a la pantalla: p50 {p50}, p95 {p95}",
    ),
    "unmeasured": (
        "Tap to screen: no tap here in the last minute",
        "Del toque a la pantalla: ningún toque aquí en el último minuto",
    ),
    "unmeasurable": (
        "Tap to screen: not measured while Flink counts",
        "Del toque a la pantalla: no se mide mientras cuenta Flink",
    ),
    "legs": (
        "p50 / p95: tap to sent {sent}, receipt to counted {counted}, answer to drawn {drawn}.",
        "p50 / p95: toque a envío {sent}, recepción a recuento {counted}, a dibujo {drawn}.",
    ),
    "not_measured": (
        "Not included: the network, and up to {wait} until the page asks.",
        "No incluidos: la red, y hasta {wait} hasta que la página pregunta.",
    ),
}

UNREADABLE: Section = {
    "no value": ("no value", "sin valor"),
    "schema registry bytes": ("schema registry bytes", "bytes de un registro de esquemas"),
    "not JSON": ("not JSON", "no es JSON"),
    "not an object": ("not an object", "no es un objeto"),
    "unknown type": ("unknown type", "tipo desconocido"),
    "timestamp is text": ("timestamp is text", "la hora es texto"),
    "timestamp not in seconds": ("timestamp not in seconds", "hora que no está en segundos"),
    "bad timestamp": ("bad timestamp", "hora inválida"),
    "too many types": ("too many types", "demasiados tipos"),
    "broken": ("broken", "dañado"),
    "too large": ("too large", "demasiado grande"),
    "offset outside of its batch": ("offset outside of its batch", "posición fuera de su lote"),
}
"""Why a record is no click; each key is a reason of counting/records.py."""

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


PLOTLY: Section = {
    english: (english, *others)
    for english, *others in (
        ("Zoom", "Ampliar"),
        ("Pan", "Desplazar"),
        ("Reset axes", "Restablecer los ejes"),
        ("Double-click to zoom back out", "Doble clic para volver a la vista completa"),
    )
}
"""The texts of Plotly's own buttons and messages; each key is Plotly's English text."""

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

_ALL: Section = {**COMMON, **DEMO, **CLICKER, **DASHBOARD, **LANDING}


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
