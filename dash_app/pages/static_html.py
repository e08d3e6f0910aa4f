"""The HTML of a layout of `dash.html` elements, which a page shows until Dash has rendered."""

from typing import Any

from dash.development.base_component import Component
from markupsafe import Markup, escape

_ATTRIBUTES = {"className": "class", "htmlFor": "for", "tabIndex": "tabindex"}
_VOID = {"Br", "Hr", "Img"}

# A stand-in is no <button>: programs that wait for the buttons must find Dash's, which stay.
_STAND_INS: dict[str, tuple[str, dict[str, Any]]] = {
    "Button": ("div", {"role": "button", "tabIndex": 0, "type": None, "n_clicks": None})
}


def html_of(node: Any) -> Markup:
    """Return the HTML that React will render from the same layout, with the same ids.

    Only buttons differ: they become `div`s with the role of a button.
    """
    if node is None:
        return Markup("")
    if isinstance(node, list | tuple):
        return Markup("").join(html_of(child) for child in node)
    if not isinstance(node, Component):
        return escape(node)
    parts = node.to_plotly_json()  # type: ignore[no-untyped-call]
    tag, changes = _STAND_INS.get(parts["type"], (parts["type"].lower(), {}))
    # Dash keeps data-… and aria-… in a set, whose order each process decides anew.
    given = sorted(parts["props"].items(), key=lambda pair: pair[0] if "-" in pair[0] else "")
    props = {**dict(given), **changes}
    children = props.pop("children", None)
    opening = Markup("<{}{}>").format(tag, _attributes(props))
    if parts["type"] in _VOID:
        return opening
    return opening + html_of(children) + Markup("</{}>").format(tag)


def _attributes(props: dict[str, Any]) -> Markup:
    pairs = ((_ATTRIBUTES.get(name, name), value) for name, value in props.items())
    # Whatever it says, an attribute such as `hidden` holds as soon as it is there.
    return Markup("").join(
        Markup(' {}="{}"').format(name, "" if value is True else value)
        for name, value in pairs
        if value is not None and value is not False
    )
