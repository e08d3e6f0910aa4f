"""A page that says hello, made with the libraries of ours: the limit of how soon a start is over.

`python -m granian --interface wsgi bench.hello:server`
"""

import dash_bootstrap_components as dbc
import kafka
from dash import Dash

app = Dash("hello")
app.layout = dbc.Container(f"hello, Kafka {kafka.__version__}")
server = app.server
