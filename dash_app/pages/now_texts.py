"""The texts of what the laboratory shows of right now, as `lab_texts` has its others."""

from dash_app.pages.dashboard_texts import Section

NOW: Section = {
    "now": ("Right now", "Ahora mismo"),
    "partitions": ("How far each partition is read", "Hasta dónde se lee cada partición"),
    "partitions_file": ("How far the file is read", "Hasta dónde se lee el archivo"),
    "partitions_flink": (
        "How far Flink has counted each partition",
        "Hasta dónde ha contado Flink cada partición",
    ),
    "head_partition": ("Partition", "Partición"),
    "head_partition_file": ("Log", "Registro"),
    "the_file": ("the file", "el archivo"),
    "head_end": ("End", "Final"),
    "head_position": ("Position", "Posición"),
    "head_lag": ("Lag", "Retraso"),
    "head_rate": ("Records/s", "Registros/s"),
    "head_rate_file": ("Rows/s", "Filas/s"),
    "chart_lag": (
        "Lag: records still to be counted, last 5 minutes",
        "Retraso: registros por contar, últimos 5 minutos",
    ),
    "chart_lag_file": (
        "Lag: rows still to be counted, last 5 minutes",
        "Retraso: filas por contar, últimos 5 minutos",
    ),
    "chart_lag_flink": (
        "Lag: records that Flink is still to count, last 5 minutes",
        "Retraso: registros que Flink tiene por contar, últimos 5 minutos",
    ),
    "chart_bytes": (
        "Bytes read per second, last 5 minutes",
        "Bytes leídos por segundo, últimos 5 minutos",
    ),
    "chart_bytes_flink": (
        "Bytes of records read here per second: none, Flink reads them",
        "Bytes de registros leídos aquí por segundo: ninguno, los lee Flink",
    ),
    "line_partition": ("Partition {partition}", "Partición {partition}"),
    "answers": (
        "Process {process} answers. It has counted to {as_of}.",
        "Responde el proceso {process}. Ha contado hasta {as_of}.",
    ),
    "answers_flink": (
        "Process {process} answers. It shows Flink's counts, which go to {as_of}.",
        "Responde el proceso {process}. Muestra los recuentos de Flink, que llegan hasta {as_of}.",
    ),
    "answers_many_flink": (
        "Several processes answer in turn: {processes}. All show Flink's counts.",
        "Varios procesos responden por turnos: {processes}. Todos muestran los de Flink.",
    ),
    "answers_many": (
        "Several processes answer in turn: {processes}. Each counts the whole log for itself.",
        "Varios procesos responden por turnos: {processes}. Cada uno cuenta todo el registro.",
    ),
    "nothing_counted": ("nothing yet", "nada aún"),
    "checkpoint": (
        (
            "Newest checkpoint of this process: {offsets}, {seconds} s old. After a restart it "
            "goes on there."
        ),
        (
            "Último punto de control de este proceso: {offsets}, hace {seconds} s. Tras un "
            "reinicio sigue ahí."
        ),
    ),
    "no_checkpoint": (
        "This process has written no checkpoint since its start.",
        "Este proceso no ha escrito ningún punto de control desde su inicio.",
    ),
    "no_checkpoint_file": (
        "There is no checkpoint: the file holds the totals beside the clicks.",
        "No hay punto de control: el archivo guarda los totales junto a los clics.",
    ),
    "no_checkpoint_flink": (
        "Flink keeps checkpoints of its own; this process needs none.",
        "Flink guarda sus propios puntos de control; este proceso no necesita ninguno.",
    ),
    "repeats": ("Repeats passed over: {n}.", "Repeticiones omitidas: {n}."),
    "all_clicks": ("No record was unreadable.", "Ningún registro fue ilegible."),
    "newest": ("The newest 50 records", "Los 50 registros más nuevos"),
    "newest_file": ("The newest 50 rows", "Las 50 filas más nuevas"),
    "none_noted": (
        "None has come since this page asks. Tap!",
        "No ha llegado ninguno desde que esta página pregunta. ¡Toca!",
    ),
    "none_noted_flink": (
        (
            "Flink reads the records, and this process its counts alone: so no record is shown "
            "here. Zoom into the lag as the presenter: the page names the command that prints them."
        ),
        (
            "Flink lee los registros, y este proceso solo sus recuentos: por eso aquí no se ve "
            "ninguno. Amplía el retraso como quien presenta: la página da la orden que los muestra."
        ),
    ),
    "ids_hidden": (
        (
            "Only the presenter sees keys, headers, and values of other programs: they may say "
            "whose tap it is."
        ),
        (
            "Solo quien presenta ve claves, cabeceras y valores de otros programas: pueden decir "
            "de quién es el toque."
        ),
    ),
    "col_time": ("Time of the log", "Hora del registro"),
    "col_key": ("Key", "Clave"),
    "col_headers": ("Headers", "Cabeceras"),
    "col_value": ("Value", "Valor"),
    "col_bytes": ("Bytes", "Bytes"),
    "yours": ("yours", "tuyo"),
    "log_in_again": (
        "The server asks for a code or a login: reload this page.",
        "El servidor pide un código o un inicio de sesión: recarga esta página.",
    ),
}
