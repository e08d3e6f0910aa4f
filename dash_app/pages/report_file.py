"""The report as one HTML file, which opens without a network, with its chart alive."""

import base64
import hashlib
import json
from typing import Any

from dash import html
from markupsafe import Markup

from dash_app.counting.report import Report
from dash_app.counting.zones import find_zone
from dash_app.pages import catalogue, figures, files, report, report_texts, theme
from dash_app.pages.document import VIEWPORT, without_script
from dash_app.pages.static_html import html_of
from dash_app.pages.switches import switch_buttons, zone_switch
from dash_app.settings import Settings
from dash_app.settings.look import LANGUAGES

_FILE = Markup("""<!DOCTYPE html>
<html lang="{language}" data-preferred-language="{language}" data-zone="{zone}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<script id="texts" type="application/json">{texts}</script>
{page}
<title>{title}</title>
<meta name="viewport" content="{viewport}">
<meta name="color-scheme" content="dark light">
<link rel="icon" href="{icon}">
<style>
{styles}
</style>
</head>
<body>
<div class="without-script" role="main">
{notice}
</div>
<div id="react-entry-point">{body}</div>
<script id="report-data" type="application/json">{report}</script>
{scripts}
</body>
</html>
""")

_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data: blob:;"
    " base-uri 'none'; form-action 'none'"
)
"""Nothing is loaded, and no script runs but those of the file."""

_SCRIPTS = (*figures.SCRIPTS, "report_file.js")


def render_html(
    document: Report, language: str, zone: str, settings: Settings | None = None
) -> bytes:
    """Return a report as an HTML file that loads nothing, in UTF-8.

    It begins in the language (of LANGUAGES) and shows times of the zone, such as
    Europe/Madrid. The colours are those of the settings' THEME. Raises ValueError for a language
    without texts, UnknownZone for a zone without a name.
    """
    if language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise ValueError(
            f"there are no texts in the language {language!r:.20}; take one of {known}"
        )
    own_zone = "utc" if zone.upper() == "UTC" else str(find_zone(zone))
    page, *scripts = (_text(name) for name in ("page.js", *_SCRIPTS))
    section = {**report_texts.ALL, **catalogue.same_in_every_language({"local_time": own_zone})}
    return _FILE.format(
        language=language,
        zone=own_zone,
        policy=_POLICY.format(scripts=" ".join(map(_hash, (page, *scripts)))),
        texts=_json(catalogue.by_language(section, demo=False)),
        page=_script(page),
        title=report_texts.REPORT["report"][LANGUAGES.index(language)],
        viewport=VIEWPORT,
        icon=f"data:image/svg+xml;base64,{base64.b64encode(_bytes('icon.svg')).decode()}",
        styles=Markup(_styles(settings)),  # noqa: S704
        notice=without_script(),
        body=html_of(_layout(has_zones=own_zone != "utc")),
        report=_json(_data(document, settings)),
        scripts=Markup("\n").join(map(_script, scripts)),
    ).encode()


def _layout(*, has_zones: bool) -> html.Div:
    graph = html.Div(html.Div(id="chart"), id=report.CHART, className="timeline")
    switches = switch_buttons(*([zone_switch()] if has_zones else []))
    return report.report_page(graph, [switches], [], is_shown=True)


def _data(document: Report, settings: Settings | None) -> dict[str, Any]:
    """Return what the script of the file reads: the report, and the figure without its data."""
    tokens = theme.themed_tokens(settings or Settings(), "dark")
    figure = figures.empty_figure([], tokens)
    return {"report": document, "figure": figure, "config": figures.GRAPH_CONFIG}


def _styles(settings: Settings | None) -> str:
    styles = [_text(name) for name in report.STYLES]
    return "\n".join([*styles, theme.style(settings) if settings else ""])


def _text(name: str) -> str:
    return _bytes(name).decode()


def _bytes(name: str) -> bytes:
    return files.needed(name).body


def _script(text: str) -> Markup:
    return Markup(f"<script>{text}</script>")  # noqa: S704


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _json(value: Any) -> Markup:
    # A "<" in a label must not end the element, in which HTML knows no other escape.
    return Markup(json.dumps(value, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704
