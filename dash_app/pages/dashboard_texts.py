"""The texts of the dashboard, in the order of look.LANGUAGES."""

from collections.abc import Mapping

Section = Mapping[str, tuple[str, ...]]
"""The text of a key in each language; the page's script fills in each `{name}` in it."""

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
    "talk": ("Talk", "Charla"),
    "talks": ("Talks", "Charlas"),
    "taps": ("Taps: {n}", "Toques: {n}"),
    "phones": ("Phones: {n}", "Teléfonos: {n}"),
    "phones_lately": ("Phones in 2 min: {n}", "Teléfonos en 2 min: {n}"),
    "taps_closed": ("Taps are closed", "Toques cerrados"),
    "all_taps": ("All taps", "Todos los toques"),
    "results_later": (
        "The presenter shows the results later.",
        "Quien presenta mostrará los resultados más tarde.",
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
