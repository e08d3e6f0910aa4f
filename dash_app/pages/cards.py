"""The cards of the dashboard: a number under a label, for each reaction and for all."""

from typing import Any

from dash import html

from dash_app.settings.reactions import Reaction


def reaction_card(reaction: Reaction, place: int | str, total: str = "Total ") -> html.Div:
    """Return the card of a reaction at this place of the palette; `total` precedes its label."""
    key, label = reaction
    head = [
        html.H2([total, html.Bdi(label)], className="total-label"),
        html.P(id=f"since-{key}", className="since"),
    ]
    # Of more than two reactions each shows its share.
    part = html.P(id=f"part-{key}", className="part")
    return card(head, f"total-{key}", f"reaction-{place}", part)


def card(head: list[Any], element_id: str, style: str, *more: html.P) -> html.Div:
    """Return a card with this head and a number, which the page's script fills in."""
    number = html.P("–", id=element_id, className="total-number")
    rows = [
        html.Div(head, className="total-head"),
        html.Div([number, *more], className="total-figures"),
    ]
    return html.Div(html.Div(rows, className="card-body"), className=f"card total {style}")
