"""The texts of the laboratory, in the order of look.LANGUAGES.

A text whose key ends in `_file` takes the place of the one without it where the log is a file, and
`_flink` where Flink counts in place of this program.
"""

from dash_app.pages.dashboard_texts import Section

LAB: Section = {
    "lab": ("The way of a tap", "El camino de un toque"),
    "lab_eyebrow": ("Kafka laboratory", "Laboratorio de Kafka"),
    "dashboard_link": ("Dashboard", "Panel"),
    "your_tap": ("Your tap", "Tu toque"),
    "tap_hint": (
        (
            "Press a button: your tap becomes a record and passes five stations. Every number is "
            "measured."
        ),
        "Pulsa un botón: tu toque se vuelve un registro y pasa por cinco estaciones. Todo se mide.",
    ),
    "stations": ("The five stations", "Las cinco estaciones"),
    "station_phone": ("Phone", "Teléfono"),
    "station_server": ("Server", "Servidor"),
    "station_broker": ("Broker", "Bróker"),
    "station_broker_file": ("File", "Archivo"),
    "station_consumer": ("Consumer", "Consumidor"),
    "station_consumer_flink": ("Flink", "Flink"),
    "station_bin": ("Bin", "Intervalo"),
    "span_phone": ("from the press to the sending", "de la pulsación al envío"),
    "span_server": ("on the network, both ways together", "en la red, ida y vuelta juntas"),
    "span_broker": ("from the receipt to the acknowledgement", "de la recepción a la confirmación"),
    "span_broker_file": ("from the receipt to the commit", "de la recepción al commit"),
    "span_consumer": (
        "from the acknowledgement to the consumer",
        "de la confirmación al consumidor",
    ),
    "span_consumer_file": ("from the commit to the consumer", "del commit al consumidor"),
    "span_bin": ("from the consumer to the new counts", "del consumidor a los nuevos recuentos"),
    "fact_pressed": ("Pressed at", "Pulsado a las"),
    "fact_client": ("Client", "Cliente"),
    "fact_seq": ("Request (seq)", "Petición (seq)"),
    "fact_index": ("Place in the request", "Lugar en la petición"),
    "fact_age": ("Age of the tap", "Edad del toque"),
    "fact_received": ("Received at", "Recibido a las"),
    "fact_round": ("Round trip", "Ida y vuelta"),
    "fact_server_part": ("of it in the server", "de ello en el servidor"),
    "fact_partition": ("Partition", "Partición"),
    "fact_offset": ("Offset", "Offset"),
    "fact_offset_file": ("Row", "Fila"),
    "fact_records": ("Records", "Registros"),
    "fact_records_file": ("Rows", "Filas"),
    "fact_acknowledged": ("Acknowledged by", "Confirmado por"),
    "fact_acknowledged_file": ("Durable by", "Duradero por"),
    "all_replicas": ("all in-sync replicas", "todas las réplicas sincronizadas"),
    "all_replicas_file": ("one commit of the file", "un commit del archivo"),
    "fact_polled": ("Polled at", "Leído a las"),
    "fact_decided": ("Decided", "Decidido"),
    "fact_process": ("Process", "Proceso"),
    "fact_second": ("Drawn at", "Dibujado a las"),
    "fact_bin": ("Bin of the dashboard", "Intervalo del panel"),
    "fact_total": ("Total of {type}", "Total de {type}"),
    "bin_of": (
        "{from} to {to}, in the last {minutes} min",
        "{from} a {to}, en los últimos {minutes} min",
    ),
    "never_back": (
        "How much of this is the way there and how much the way back, no browser can know.",
        "Cuánto es de ida y cuánto de vuelta, ningún navegador puede saberlo.",
    ),
    "polled_first": (
        "The broker handed the record out before its acknowledgement had reached the server.",
        "El bróker entregó el registro antes de que su confirmación llegara al servidor.",
    ),
    "polled_first_file": (
        "The consumer read the row before the server had noted the time of its commit.",
        "El consumidor leyó la fila antes de que el servidor anotara la hora de su commit.",
    ),
    "clocks": (
        (
            "The press is by this browser's clock, all else by the server's, so no time between "
            "the two is computed. If the server's processes run on several machines, station 4 "
            "holds the difference of their clocks as well."
        ),
        (
            "La pulsación es según el reloj de este navegador y lo demás según el del servidor, "
            "así que nada se calcula entre ambos. Si los procesos del servidor están en varias "
            "máquinas, la estación 4 incluye la diferencia de sus relojes."
        ),
    ),
    "not_read_again": (
        "There is no new row, so nothing is read again.",
        "No hay fila nueva, así que nada se lee otra vez.",
    ),
    "flink_decides": (
        (
            "Flink has read it. It writes sums alone, so what it decided about this record shows "
            "only in the totals, repeats and reasons."
        ),
        (
            "Flink lo ha leído. Solo escribe sumas, así que lo que decidió sobre este registro se "
            "ve únicamente en los totales, las repeticiones y los motivos."
        ),
    ),
    "flink_bins": (
        "The total as Flink wrote it last; the dashboard draws its bins.",
        "El total que Flink escribió por último; el panel dibuja sus intervalos.",
    ),
    "no_bin_repeat": (
        "A repeat adds nothing to any bin.",
        "Una repetición no suma en ningún intervalo.",
    ),
    "no_bin_unreadable": (
        "What is no click is in no bin.",
        "Lo que no es un clic no está en ningún intervalo.",
    ),
    "no_bin_untimely": (
        "In the total, but tapped too long ago to be drawn.",
        "En el total, pero demasiado viejo para dibujarse.",
    ),
    "on_its_way": ("The request is on its way…", "La petición está en camino…"),
    "waits": (
        "Partition {partition}, offset {offset}: waiting for the consumer…",
        "Partición {partition}, offset {offset}: esperando al consumidor…",
    ),
    "waits_file": (
        "Row {offset}: waiting for the consumer…",
        "Fila {offset}: esperando al consumidor…",
    ),
    "arrived": (
        (
            "Partition {partition}, offset {offset}: {decision}. This page saw it {ms} after the "
            "press; it asks every {period}."
        ),
        (
            "Partición {partition}, offset {offset}: {decision}. Esta página lo vio {ms} tras la "
            "pulsación; pregunta cada {period}."
        ),
    ),
    "arrived_file": (
        "Row {offset}: {decision}. This page saw it {ms} after the press; it asks every {period}.",
        (
            "Fila {offset}: {decision}. Esta página lo vio {ms} tras la pulsación; pregunta cada "
            "{period}."
        ),
    ),
    "missed_noted": (
        (
            "It is counted: process {process} is past it. But that process did not show it, since "
            "nobody had asked it before or 50 newer ones came."
        ),
        (
            "Está contado: el proceso {process} ya lo ha pasado. Pero no lo mostró, porque nadie "
            "le había preguntado antes o llegaron 50 más nuevos."
        ),
    ),
    "missed_behind": (
        (
            "After 12 s process {process}, which answers, has not counted it yet. It is durable "
            "and will count."
        ),
        (
            "Tras 12 s el proceso {process}, que responde, aún no lo ha contado. Es duradero y "
            "contará."
        ),
    ),
    "missed_behind_flink": (
        "After 12 s Flink has not counted it yet. It is durable and will count.",
        "Tras 12 s Flink aún no lo ha contado. Es duradero y contará.",
    ),
    "missed_silent": (
        "It is durable, but the server has not said for 12 s how far it has counted.",
        "Es duradero, pero el servidor lleva 12 s sin decir hasta dónde ha contado.",
    ),
    "lost": (
        "No answer: nobody knows whether it was appended. Send it again: it counts once.",
        "Sin respuesta: nadie sabe si se añadió. Envíalo otra vez: cuenta una sola vez.",
    ),
    "not_taken": ("Not taken: {message}", "No aceptado: {message}"),
    "too_many": (
        "Not taken: the site limits the taps of each browser. Again in {seconds} s.",
        "No aceptado: el sitio limita los toques de cada navegador. De nuevo en {seconds} s.",
    ),
    "needs_tap_code": (
        "Not taken: taps need the code of the clicker. Open the clicker once and enter it.",
        "No aceptado: los toques necesitan el código del clicker. Ábrelo una vez e introdúcelo.",
    ),
    "counted": ("counted", "contado"),
    "read_by_flink": ("read by Flink", "leído por Flink"),
    "untimely": ("counted, too old to be drawn", "contado, demasiado viejo para dibujarse"),
    "repeat": ("repeat of offset {offset}", "repetición del offset {offset}"),
    "repeat_old": (
        "repeat of one from before this page asked",
        "repetición de uno anterior a que esta página preguntara",
    ),
    "unreadable_for": ("unreadable: {reason}", "ilegible: {reason}"),
}
