"""The texts about the records of a part of a chart, as `catalogue` has those of the pages."""

from dash_app.pages.dashboard_texts import Section

RANGE: Section = {
    "range_records": ("Records {from} – {to}", "Registros {from} – {to}"),
    "range_offsets": (
        "Partition {partition}: offsets {first} to {last}, records: {n} at most",
        "Partición {partition}: offsets {first} a {last}, registros: {n} como mucho",
    ),
    "range_rows": (
        "Rows {first} to {last}: {n} at most",
        "Filas {first} a {last}: {n} como mucho",
    ),
    "range_none": ("No record was written then.", "No se escribió ningún registro entonces."),
    "range_failed": (
        "The offsets are not known: {message}",
        "No se conocen los offsets: {message}",
    ),
    "range_commands": (
        "Commands that print these records",
        "Órdenes que muestran estos registros",
    ),
    "range_csv": ("Records as CSV", "Registros en CSV"),
    "range_ndjson": ("Records as NDJSON", "Registros en NDJSON"),
    "copy": ("Copy the commands", "Copiar las órdenes"),
    "copied": ("Copied", "Copiado"),
    "no_reply": ("the server does not answer", "el servidor no responde"),
}
