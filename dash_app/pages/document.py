"""The HTML document of every page: one head, in the order in which a browser must read it."""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from dash_app.pages import files
from dash_app.pages.catalogue import WITHOUT_SCRIPT
from dash_app.pages.tokens import theme_color_tags
from dash_app.settings.look import LANGUAGES

# The texts and page.js come first: page.js sets theme and language before anything is painted.
_DOCUMENT = """<!DOCTYPE html>
<html lang="{language}" data-bs-theme="dark">
<head>
<meta charset="utf-8">
{head}
</head>
<body>
{body}
</body>
</html>
"""

VIEWPORT = "width=device-width, initial-scale=1"
WHOLE_SCREEN = f"{VIEWPORT}, viewport-fit=cover"
"""The viewport of a page that also fills the corners around a phone's camera."""


class Head(NamedTuple):
    """What the head of a page names; scripts and styles are named by their path in assets/.

    `texts` are the page's texts by language and key. A `title_key` names the one that is the title;
    a title without it is the same in every language. `base` leads from the address of the page to
    the prefix, `theme` from there to the stylesheet with the site's own colours, if it has any.
    """

    title: str
    texts: Mapping[str, Mapping[str, str]]
    styles: Sequence[str]
    scripts: Sequence[str] = ()
    description: str = ""
    title_key: str = ""
    viewport: str = VIEWPORT
    base: str = ""
    theme: str = ""


def document(head: Head, body: str) -> str:
    """Return the HTML of a page with this head; `body` is HTML."""
    return _DOCUMENT.format(language=LANGUAGES[0], head=_head_html(head), body=body)


def script_tags(names: Sequence[str], base: str = "") -> Markup:
    """Return the elements that load these scripts; `base` leads from the page to the prefix."""
    tag = Markup('<script src="{}{}"></script>')
    return Markup("\n").join(tag.format(base, files.asset_url(name)) for name in names)


def without_script() -> Markup:
    """Return the notice for a browser without scripts, in every language."""
    notice = Markup('<p class="notice" lang="{}">{}</p>')
    texts = zip(LANGUAGES, WITHOUT_SCRIPT, strict=True)
    return Markup("\n").join(notice.format(language, text) for language, text in texts)


def _head_html(head: Head) -> Markup:
    key = Markup(' data-text="{}"').format(head.title_key) if head.title_key else ""
    icon = Markup('<link rel="icon" type="image/svg+xml" href="{}{}">')
    style = Markup('<link rel="stylesheet" href="{}{}">')
    lines = [
        _texts_tag(head.texts),
        script_tags(["page.js", *head.scripts], head.base),
        Markup("<title{}>{}</title>").format(key, head.title),
        Markup('<meta name="viewport" content="{}">').format(head.viewport),
        theme_color_tags(),
        Markup('<meta name="color-scheme" content="dark light">'),
        icon.format(head.base, files.asset_url("icon.svg")),
        *[style.format(head.base, files.asset_url(name)) for name in head.styles],
    ]
    if head.theme:
        lines.append(Markup('<link rel="stylesheet" href="{}{}">').format(head.base, head.theme))
    if head.description:
        lines.insert(4, Markup('<meta name="description" content="{}">').format(head.description))
    return Markup("\n").join(lines)


def _texts_tag(texts: Mapping[str, Mapping[str, str]]) -> Markup:
    """Return the element in which page.js finds the texts."""
    # A "<" in a text must not end the element, in which HTML knows no other escape.
    text = json.dumps(texts, ensure_ascii=False).replace("<", "\\u003c")
    return Markup(f'<script id="texts" type="application/json">{text}</script>')  # noqa: S704
