"""The form that asks for the access code of a page."""

from flask import Response, request

from dash_app.pages import files, texts
from dash_app.pages.page import texts_tag
from dash_app.pages.static_html import html_of
from dash_app.pages.switches import switches
from dash_app.pages.tokens import bar_tags
from dash_app.security import headers
from dash_app.settings import Settings

_PAGE = """<!DOCTYPE html>
<html lang="en" data-bs-theme="dark">
<head>
<meta charset="utf-8">
{texts}
<script src="{base}{script}"></script>
<title data-text="code">{code}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
{bars}
<meta name="color-scheme" content="dark light">
<link rel="icon" type="image/svg+xml" href="{base}{icon}">
<link rel="stylesheet" href="{base}{tokens}">
<link rel="stylesheet" href="{base}{style}">
</head>
<body>
<main class="landing" id="react-entry-point">
{switches}
<h1 data-text="code">{code}</h1>
<form class="entrance" method="post" action="{base}code">
<input type="hidden" name="page" value="{page}">
<input type="password" name="code" data-label="code" aria-label="{code}" autocomplete="off"
 maxlength="100" required autofocus>
<button type="submit" data-text="enter">{enter}</button>
<p role="alert">{reason}</p>
</form>
</main>
</body>
</html>
"""


def form(settings: Settings, page: str, reason: str = "") -> Response:
    """Return the form for a page's code; `reason` names the text that says what was wrong."""
    # What leads from the address of the request to the prefix.
    prefix = settings.url_prefix
    is_below = request.path.startswith(f"{prefix}/")
    base = "" if is_below else f"{prefix.removeprefix('/')}/"
    said = {name: words[0] for name, words in texts.ENTRANCE.items()}
    body = _PAGE.format(
        texts=texts_tag(texts.catalogue(texts.ENTRANCE, demo=settings.demo)),
        script=files.asset_url("page.js"),
        bars=bar_tags(),
        icon=files.asset_url("icon.svg"),
        tokens=files.asset_url("style.css"),
        style=files.asset_url("landing.css"),
        page=page,
        switches=html_of(switches()),
        base=base,
        code=said["code"],
        enter=said["enter"],
        reason=f'<span data-text="{reason}">{said[reason]}</span>' if reason else "",
    )
    response = Response(body, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = headers.policy(settings.frame_ancestors)
    return response
