"""The texts of the report about a talk, in the order of look.LANGUAGES."""

from dash_app.pages.dashboard_texts import DASHBOARD, PLOTLY, UNREADABLE, Section
from dash_app.pages.range_texts import RANGE

REPORT: Section = {
    "report": ("Report", "Informe"),
    "range": ("A range of time", "Un intervalo de tiempo"),
    "length": ("length {length}", "duración {length}"),
    "counting": ("Counting the taps of the log…", "Contando los toques del registro…"),
    "progress": ("Part of the log that is counted", "Parte del registro que ya está contada"),
    "retry": ("Try again now", "Intentar de nuevo"),
    "no_talk": (
        "The address names no talk: it ends like ?talk=k7wq2m9x.",
        "La dirección no nombra ninguna charla: termina como ?talk=k7wq2m9x.",
    ),
    "busy": (
        "Not yet ({message}); this page asks again by itself.",
        "Todavía no ({message}); la página vuelve a preguntar por sí sola.",
    ),
    "another_counted": (
        "Another report or export is under way; this page asks again by itself.",
        "Hay otro informe u otra exportación en curso; la página volverá a preguntar sola.",
    ),
    "unknown_talk": ("There is no such talk.", "Esa charla no existe."),
    "needs_code": (
        "The report needs the access code: reload this page.",
        "El informe necesita el código de acceso: recarga la página.",
    ),
    "needs_login": (
        "Please log in again, then reload this page.",
        "Vuelve a iniciar sesión y recarga la página.",
    ),
    "not_allowed": ("The report is not shown: {message}", "El informe no se muestra: {message}"),
    "refused_report": ("There is no report: {message}", "No hay informe: {message}"),
    "not_counted": ("The counting has ended: {message}", "El recuento ha terminado: {message}"),
    "no_report": (
        "The server's answer is no report that this page knows; reload the page.",
        "La respuesta del servidor no es un informe que esta página conozca; recárgala.",
    ),
    "no_connection": ("The server does not answer.", "El servidor no responde."),
    "broke_off": (
        "The answer broke off before the report was there.",
        "La respuesta se cortó antes de llegar el informe.",
    ),
    "still_running": (
        "The talk is still running: the report shows it up to now.",
        "La charla sigue: el informe la muestra hasta ahora.",
    ),
    "not_final": (
        "Late taps may still change these numbers.",
        "Los toques que lleguen tarde aún pueden cambiar estos números.",
    ),
    "not_whole": (
        "Taps may be missing or counted twice.",
        "Puede que falten toques o que alguno se cuente dos veces.",
    ),
    "whole_since": (
        "Complete since {time} only; before that taps may be missing.",
        "Completo solo desde {time}; antes pueden faltar toques.",
    ),
    "phones_head": ("Phones", "Teléfonos"),
    "taps_head": ("Taps", "Toques"),
    "per_person": (
        "per phone: median {median}, most {most}",
        "por teléfono: mediana {median}, máximo {most}",
    ),
    "curve_per": ("Taps per {bin}", "Toques por {bin}"),
    "one_second": ("second", "segundo"),
    "seconds_n": ("{n} seconds", "{n} segundos"),
    "one_minute": ("minute", "minuto"),
    "minutes_n": ("{n} minutes", "{n} minutos"),
    "play": ("Play", "Reproducir"),
    "speed": ("Speed of the replay", "Velocidad de la repetición"),
    "moment": ("Moment", "Momento"),
    "keys": (
        "Keys: Space plays and pauses, ← and → go 10 s (with Shift a minute), Home and End.",
        "Teclas: Espacio reproduce y pausa, ← y → van 10 s (con Mayús un minuto), Inicio y Fin.",
    ),
    "replayed": ("At {moment}: {counts}.", "En {moment}: {counts}."),
    "totals_title": ("Totals", "Totales"),
    "segments_title": ("From mark to mark", "De marca a marca"),
    "moments_title": ("The highest moments", "Los momentos más altos"),
    "reaction": ("Button", "Botón"),
    "part": ("From", "Desde"),
    "per_minute": ("Taps per minute", "Toques por minuto"),
    "from_start": ("The start", "El comienzo"),
    "unnamed_mark": ("Mark of {time}", "Marca de las {time}"),
    "records": (
        "Counted from {records} records of the log, {duplicates} of them repeats.",
        "Contado de {records} registros del registro; {duplicates} de ellos repetidos.",
    ),
    "others": (
        "Taps of other buttons in this time: {n}.",
        "Toques de otros botones en este tiempo: {n}.",
    ),
    "more_parts": (
        "More parts in the report on the screen: {n}.",
        "Más partes en el informe en pantalla: {n}.",
    ),
    "more_buttons": (
        "More buttons in the report on the screen: {n}.",
        "Más botones en el informe en pantalla: {n}.",
    ),
    "json": ("JSON", "JSON"),
    "html": ("HTML", "HTML"),
}

_SHARED = (
    "all_taps",
    "csv",
    "full",
    "leave",
    "local_time",
    "pause",
    "peak",
    "peak_of_all",
    "peak_of_both",
    "png",
    "presenter",
    "results_later",
    "share_of",
    "talks",
    "time",
    "times_in",
    "unreadable",
    "utc",
)

ALL: Section = {
    **{key: DASHBOARD[key] for key in _SHARED},
    **REPORT,
    **PLOTLY,
    **UNREADABLE,
    **RANGE,
}
"""All that the script of the report says."""
