"""The texts of the presenter's bar, as `catalogue` has those of the pages."""

from dash_app.pages.catalogue import Section

BAR: Section = {
    "presenter_bar": ("Presenter's bar", "Barra de presentación"),
    "start_talk": ("Start a talk…", "Empezar una charla…"),
    "mark": ("Mark (M)", "Marcar (M)"),
    "close_taps": ("Close taps", "Cerrar los botones"),
    "open_taps": ("Open taps", "Abrir los botones"),
    "hide_results": ("Hide results", "Ocultar resultados"),
    "show_results": ("Show results", "Mostrar resultados"),
    "end": ("End", "Terminar"),
    "end_now": ("Press again to end", "Pulsa otra vez para terminar"),
    "to_report": ("Report of the talk", "Informe de la charla"),
    "marked": ("Marked {time}", "Marcado {time}"),
    "mark_label": ("Label of the mark", "Etiqueta de la marca"),
    "mark_at": ("Mark {time}", "Marca {time}"),
    "not_done": (
        "Not done yet: {what} ({message}). It is tried again.",
        "Aún no hecho: {what} ({message}). Se intenta de nuevo.",
    ),
    "try_again": ("Try again", "Intentar de nuevo"),
    "right_lost": (
        "You no longer have the presenter's right; open the presenter's link again.",
        "Ya no tienes el permiso de presentador; abre otra vez su enlace.",
    ),
    "kept": ("Kept until then: {what}.", "Guardado hasta entonces: {what}."),
    "laboratory": ("Laboratory", "Laboratorio"),
    "dismiss": ("Close this message", "Cerrar este mensaje"),
    "new_talk": ("Start a talk", "Empezar una charla"),
    "talk_title": ("Title", "Título"),
    "buttons_from": ("Buttons from", "Botones de"),
    "of_site": ("this site's settings", "los ajustes de este sitio"),
    "talk_buttons": ("Buttons, one per line, 1 to 8", "Botones, uno por línea, de 1 a 8"),
    "talk_keys": (
        "A line such as ok=Just right 👌 also chooses the key in the records.",
        "Una línea como ok=Así 👌 elige además la clave en los registros.",
    ),
    "bad_buttons": (
        "Write one to eight buttons, one per line.",
        "Escribe de uno a ocho botones, uno por línea.",
    ),
    "no_title": ("Give the talk a title.", "Pon un título a la charla."),
    "ends_other": (
        "“{title}” is running: starting ends it.",
        "«{title}» sigue: empezar la termina.",
    ),
    "start": ("Start", "Empezar"),
    "cancel": ("Cancel", "Cancelar"),
    "not_started": ("Not started: {message}", "No ha empezado: {message}"),
}
