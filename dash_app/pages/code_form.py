"""The form that asks for the access code of a page."""

from flask import Response, request
from markupsafe import Markup

from dash_app.pages import catalogue, theme
from dash_app.pages.document import Head, document
from dash_app.pages.static_html import html_of
from dash_app.pages.switches import switch_buttons
from dash_app.security import headers
from dash_app.settings import Settings
from dash_app.settings.look import LANGUAGES

_MAIN = Markup("""<main class="landing" id="react-entry-point">
{switches}
<h1 data-text="code">{code}</h1>
<form class="code-form" method="post" action="{base}code">
<input type="hidden" name="page" value="{page}">
<input type="hidden" name="query" value="{query}">
<input type="password" name="code" data-label="code" aria-label="{code}" autocomplete="off"
 maxlength="100" required autofocus>
<button type="submit" data-text="enter">{enter}</button>
<p role="alert">{reason}</p>
</form>
</main>""")


def form(settings: Settings, page: str, reason: str = "", query: str = "") -> Response:
    """Return the form for a page's code; `reason` names the text that says what was wrong.

    `query` is that of the page's address, which the right code leads to.
    """
    texts = catalogue.by_language(catalogue.CODE_FORM, demo=settings.demo)
    english = texts[LANGUAGES[0]]
    base = _base(settings.url_prefix)
    head = Head(
        english["code"],
        texts,
        ["style.css", "landing.css"],
        title_key="code",
        base=base,
        theme=theme.address(settings),
    )
    main = _MAIN.format(
        switches=html_of(switch_buttons()),
        code=english["code"],
        base=base,
        page=page,
        query=query,
        enter=english["enter"],
        reason=_reason_html(reason, english[reason]) if reason else "",
    )
    response = Response(document(head, main), mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = headers.policy(settings.frame_ancestors)
    return response


def _base(prefix: str) -> str:
    """Return what leads from the address of the request to the prefix."""
    is_below = request.path.startswith(f"{prefix}/")
    return "" if is_below else f"{prefix.removeprefix('/')}/"


def _reason_html(key: str, text: str) -> Markup:
    return Markup('<span data-text="{}">{}</span>').format(key, text)
