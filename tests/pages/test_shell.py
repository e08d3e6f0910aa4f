from typing import Any

from dash import html

from dash_app.pages.clicker import layout
from dash_app.pages.static_html import html_of
from dash_app.settings import Settings
from dash_app.settings.reactions import Reaction


def test_elements_become_the_html_that_react_makes() -> None:
    node = html.Div([html.P("Go", id="go", className="big"), html.Br(), 7, None], role="status")

    assert html_of(node) == '<div role="status"><p id="go" class="big">Go</p><br>7</div>'


def test_a_button_is_stood_in_for_by_an_element_that_is_none() -> None:
    data: Any = {"data-tap": "x"}

    assert html_of(html.Button("Go", type="button", n_clicks=0, **data)) == (
        '<div data-tap="x" role="button" tabindex="0">Go</div>'
    )


def test_an_element_is_hidden_only_if_the_layout_says_so() -> None:
    assert html_of(html.P("Go", hidden=False)) == "<p>Go</p>"
    assert html_of(html.P("Go", hidden=True)) == '<p hidden="">Go</p>'


def test_text_and_attributes_are_escaped() -> None:
    node = html.P("<b> & 'c'", title='"><script>')

    assert "<b>" not in html_of(node)
    assert "<script>" not in html_of(node)


def test_a_label_with_markup_stays_text() -> None:
    page = html_of(layout(Settings(reactions=(Reaction("x", "<img src=x>"),))))

    assert "<img" not in page
    assert "&lt;img src=x&gt;" in page
