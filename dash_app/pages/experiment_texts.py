"""The texts of the laboratory's experiments, as `lab_texts` has its others."""

from dash_app.pages.dashboard_texts import Section

EXPERIMENTS: Section = {
    "experiments": ("Experiments", "Experimentos"),
    "no_right": (
        "Only the presenter may experiment: open this page with the presenter's link.",
        "Solo quien presenta puede experimentar: abre esta página con su enlace.",
    ),
    "closed_now": (
        "the presenter has closed the buttons.",
        "quien presenta ha cerrado los botones.",
    ),
    "no_button": ("there is no such button now.", "ahora no existe ese botón."),
    "may_not_write": (
        "the server may not write to the topic.",
        "el servidor no puede escribir en el topic.",
    ),
    "not_written": (
        "the broker does not take it now; try again.",
        "el bróker no lo acepta ahora; inténtalo otra vez.",
    ),
    "not_known_yet": (
        "the server is still starting; try again.",
        "el servidor aún está arrancando; inténtalo otra vez.",
    ),
    "flink_counts": (
        "Flink counts, so a pause would show nothing.",
        "Flink cuenta, así que una pausa no mostraría nada.",
    ),
    "again": ("Send it again", "Envíalo otra vez"),
    "again_about": (
        (
            "A phone without an answer sends its taps again. The record is appended once more, and "
            "the consumer knows it by client, seq and place, so it counts once."
        ),
        (
            "Un teléfono sin respuesta reenvía sus toques. El registro se añade otra vez, y el "
            "consumidor lo reconoce por cliente, seq y lugar, así que cuenta una vez."
        ),
    ),
    "again_about_file": (
        (
            "A phone without an answer sends its taps again. The file has one row for each client, "
            "seq and place, so the old row stands and it counts once."
        ),
        (
            "Un teléfono sin respuesta reenvía sus toques. El archivo tiene una fila por cliente, "
            "seq y lugar, así que vale la fila vieja y cuenta una vez."
        ),
    ),
    "again_first": ("Tap first.", "Toca primero."),
    "again_done": (
        "Offset {offset} is a repeat of offset {first}: the total stays.",
        "El offset {offset} repite el offset {first}: el total no cambia.",
    ),
    "again_old": (
        "Offset {offset} is a repeat of one from before this page asked: the total stays.",
        "El offset {offset} repite uno anterior a que esta página preguntara: el total no cambia.",
    ),
    "again_counted": (
        "The first had not been appended: this one, at offset {offset}, counts.",
        "El primero no se había añadido: este, en el offset {offset}, cuenta.",
    ),
    "again_counted_file": (
        "The first had not been written: this one, in row {offset}, counts.",
        "El primero no se había escrito: este, en la fila {offset}, cuenta.",
    ),
    "again_row": (
        "It stands at the old row {offset}: the total stays.",
        "Está en la fila vieja {offset}: el total no cambia.",
    ),
    "broken": ("Send something broken", "Envía algo roto"),
    "broken_about": (
        (
            "Anybody who may write to a topic may write anything. The consumer counts it under its "
            "reason, passes over it, and nothing stops."
        ),
        (
            "Quien puede escribir en un topic puede escribir cualquier cosa. El consumidor lo "
            "cuenta por su motivo, lo omite, y nada se para."
        ),
    ),
    "broken_about_file": (
        (
            "A file has columns for clicks alone, so nothing broken fits into it. With Kafka these "
            "buttons work."
        ),
        (
            "Un archivo solo tiene columnas para clics, así que nada roto cabe en él. Con Kafka "
            "estos botones funcionan."
        ),
    ),
    "kind_empty": ("No value", "Sin valor"),
    "kind_not-json": ("Not JSON", "No es JSON"),
    "kind_not-an-object": ("A list", "Una lista"),
    "kind_no-type": ("No type", "Sin tipo"),
    "kind_bad-timestamp": ("Time as text", "Hora como texto"),
    "kind_milliseconds": ("Milliseconds", "Milisegundos"),
    "broken_done": (
        "Offset {offset}: {reason}. Of this reason there are {n}.",
        "Offset {offset}: {reason}. De este motivo hay {n}.",
    ),
    "pause_it": ("Pause the consumer 10 s", "Pausa el consumidor 10 s"),
    "pause_about": (
        (
            "For ten seconds this process counts nothing, while the broker goes on taking taps: "
            "the lag rises. Then it catches up, and no tap is lost."
        ),
        (
            "Durante diez segundos este proceso no cuenta nada, y el bróker sigue aceptando "
            "toques: el retraso crece. Luego se pone al día, y ningún toque se pierde."
        ),
    ),
    "pause_about_file": (
        (
            "For ten seconds this process counts nothing, while the file goes on taking taps: the "
            "lag rises. Then it catches up, and no tap is lost."
        ),
        (
            "Durante diez segundos este proceso no cuenta nada, y el archivo sigue aceptando "
            "toques: el retraso crece. Luego se pone al día, y ningún toque se pierde."
        ),
    ),
    "pause_about_flink": (
        (
            "Flink counts, and this process shows what it wrote: a pause here would hold nothing "
            "up. With COUNTS_FROM=clicks this button works."
        ),
        (
            "Flink cuenta, y este proceso muestra lo que escribió: una pausa aquí no retendría "
            "nada. Con COUNTS_FROM=clicks este botón funciona."
        ),
    ),
    "pausing": (
        "Process {process} pauses for {seconds} s. Tap meanwhile! Lag: {lag}.",
        "El proceso {process} se para {seconds} s. ¡Toca mientras tanto! Retraso: {lag}.",
    ),
    "catching": ("Catching up. Lag: {lag}.", "Poniéndose al día. Retraso: {lag}."),
    "pause_done": (
        (
            "Lag rose to {most} and is 0. Of {records} records, {clicks} are clicks, {repeats} "
            "repeats, {unreadable} unreadable: {verdict}."
        ),
        (
            "El retraso llegó a {most} y es 0. De {records} registros, {clicks} son clics, "
            "{repeats} repeticiones, {unreadable} ilegibles: {verdict}."
        ),
    ),
    "pause_idle": (
        "Nobody tapped meanwhile, so the lag stayed 0.",
        "Nadie tocó mientras tanto, así que el retraso siguió en 0.",
    ),
    "exact": ("exact", "exacto"),
    "not_exact": ("the others hold no click", "los demás no contienen clics"),
    "pause_unseen": (
        "Process {process} paused, but no answer of it came meanwhile: its lag is not known.",
        "El proceso {process} se paró, pero no respondió entretanto: no se sabe su retraso.",
    ),
    "old": ("Tap with an old age", "Toca con una edad vieja"),
    "old_about": (
        (
            "A phone without a network sends its taps later, and says how old they are. Up to an "
            "hour late they are drawn where they were tapped; older ones only count in the total."
        ),
        (
            "Un teléfono sin red envía sus toques más tarde, y dice su edad. Hasta una hora tarde "
            "se dibujan donde se tocaron; los más viejos solo cuentan en el total."
        ),
    ),
    "old_half": ("30 minutes old", "De hace 30 minutos"),
    "old_two": ("2 hours old", "De hace 2 horas"),
    "late_done": (
        "Late but drawn: in the bin of {time}.",
        "Tarde pero dibujado: en el intervalo de las {time}.",
    ),
    "untimely_done": (
        "Untimely: in the total, and in no bin.",
        "Fuera de tiempo: en el total, y en ningún intervalo.",
    ),
    "many": ("Two hundred taps at once", "Doscientos toques a la vez"),
    "many_about": (
        (
            "A phone sends all that waits in one request. Each tap is a record of its own, and all "
            "have the phone's key, so they stand in one partition in their order."
        ),
        (
            "Un teléfono envía todo lo que espera en una petición. Cada toque es un registro "
            "propio, y todos tienen la clave del teléfono, así que están en una partición en su "
            "orden."
        ),
    ),
    "many_about_file": (
        (
            "A phone sends all that waits in one request. Each tap is a row of its own, and one "
            "commit makes them all durable."
        ),
        (
            "Un teléfono envía todo lo que espera en una petición. Cada toque es una fila propia, "
            "y un commit las hace duraderas todas."
        ),
    ),
    "many_done": (
        (
            "One request, {records} records in {partitions} partition(s), from offset {first} to "
            "{last}: {ms} to the acknowledgement."
        ),
        (
            "Una petición, {records} registros en {partitions} partición(es), del offset {first} "
            "al {last}: {ms} hasta la confirmación."
        ),
    ),
    "many_done_file": (
        "One request, {records} rows, from {first} to {last}: {ms} to the commit.",
        "Una petición, {records} filas, de la {first} a la {last}: {ms} hasta el commit.",
    ),
}
