"""A host's login that expires under an open dashboard: the page says so and leads to it."""

from collections.abc import Callable

import pytest
from flask import redirect, request
from flask.typing import ResponseReturnValue

from tests.browser.conftest import MakeSite, PhoneOf
from tests.browser.site import PREFIX, LocalSite

LOG_IN = "Please log in again."


def redirect_to_a_login() -> ResponseReturnValue | None:
    return redirect(f"{PREFIX}/") if request.path.endswith("/timeline") else None


def refuse_with_a_page() -> ResponseReturnValue | None:
    return ("<h1>Log in</h1>", 401) if request.path.endswith("/timeline") else None


@pytest.mark.parametrize("refuse", [redirect_to_a_login, refuse_with_a_page])
def test_an_expired_login_is_named_with_a_link(
    make_site: MakeSite, phone_of: PhoneOf, refuse: Callable[[], ResponseReturnValue | None]
) -> None:
    site = make_site()
    assert isinstance(site, LocalSite)
    phone = phone_of(site)
    phone.open_dashboard("?window=900")

    site.app.before_request_funcs[None].append(refuse)
    phone.shows("#note", LOG_IN)
    address = phone.find("#note a").get_attribute("href")
    assert address is not None
    assert address.endswith("/kafka-dashboard?window=900")
    site.app.before_request_funcs[None].remove(refuse)
    phone.shows("#status", "Live")
    assert LOG_IN not in phone.text("#note")
