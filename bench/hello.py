"""A page that says hello, made with the site's libraries: the limit of how soon a start is over.

`python -m granian --interface wsgi bench.hello:server`
"""

import dash_bootstrap_components as dbc
import kafka
from dash import Dash

app = Dash("hello")
app.layout = dbc.Container(f"hello, Kafka {kafka.__version__}")
server = app.server
