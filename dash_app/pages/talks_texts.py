"""The texts of the list of talks, in the order of look.LANGUAGES."""

from dash_app.pages.dashboard_texts import DASHBOARD, Section

TALKS: Section = {
    "to_dashboard": ("Dashboard", "Panel"),
    "reading_talks": ("Reading the talks…", "Leyendo las charlas…"),
    "no_talks": (
        "There are no talks yet. Whoever has the presenter's link starts one on the dashboard.",
        "Todavía no hay charlas. Quien tiene el enlace de presentador empieza una en el panel.",
    ),
    "talks_away": (
        "The list may be old, because the talks cannot be read now: {message}",
        "La lista puede ser antigua, porque ahora no se pueden leer las charlas: {message}",
    ),
    "talks_need_code": (
        "The list needs the access code: reload this page.",
        "La lista necesita el código de acceso: recarga la página.",
    ),
    "running": ("Running", "En curso"),
    "since_time": ("since {time}", "desde las {time}"),
    "length_of_talk": ("length {length}", "duración {length}"),
    "see_report": ("Report", "Informe"),
    "report_of": ("Report: {title}", "Informe: {title}"),
    "taps_in_report": ("Taps: in the report", "Toques: en el informe"),
}

_SHARED = (
    "local_time",
    "log_in",
    "results_later",
    "server_away",
    "talks",
    "taps",
    "times_in",
    "utc",
)

ALL: Section = {**{key: DASHBOARD[key] for key in _SHARED}, **TALKS}
"""All that the page and its script say."""
