"""A small site with a login: everybody may tap, the presenter sees the dashboard.

pip install . "Flask-Login>=0.6.3,<0.7"
PRESENTER_PASSWORD=… SECRET_KEY=… flask --app examples/host_site/app run
"""

import hmac
import os

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user

from dash_app import mount

FORM = '<form method="post"><input type="password" name="password"><button>Log in</button></form>'

server = Flask(__name__)
server.config.update(SECRET_KEY=os.environ["SECRET_KEY"], SESSION_COOKIE_SAMESITE="Lax")
password = os.environ["PRESENTER_PASSWORD"]
login = LoginManager(server)
login.login_view = "log_in"
live = mount(server).settings.url_prefix
PATHS = ("kafka-dashboard", "kafka/timeline", "kafka/data", "kafka/archive", "metrics")


class Presenter(UserMixin):
    """The only user."""

    id = "presenter"


@login.user_loader
def load_user(name: str) -> Presenter | None:
    """Return the user of a session."""
    return Presenter() if name == Presenter.id else None


@server.before_request
def keep_the_dashboard_for_the_presenter() -> ResponseReturnValue | None:
    """Ask for a login where the chart and the list of clicks are."""
    path = request.path.removeprefix(f"{live}/")
    guarded = path.startswith(PATHS)
    return login.unauthorized() if guarded and not current_user.is_authenticated else None


@server.get("/")
def home() -> str:
    """Show the way to both pages."""
    return f'<a href="{live}/j">Join in</a> <a href="{live}/kafka-dashboard">Present</a>'


@server.route("/log-in", methods=["GET", "POST"])
def log_in() -> ResponseReturnValue:
    """Show the form; with the right password lead to the dashboard."""
    if hmac.compare_digest(request.form.get("password", "").encode(), password.encode()):
        login_user(Presenter())
        return redirect(f"{live}/kafka-dashboard")
    return FORM
