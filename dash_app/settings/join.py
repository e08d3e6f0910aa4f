"""The address that the audience opens."""

from urllib.parse import parse_qs, quote, urlsplit

from pydantic import SecretStr

from dash_app.settings.interfaces import likely_address
from dash_app.settings.settings import Settings

AUTO = "auto"
"""The JOIN_HOST that stands for the likely address of this machine, looked up for each answer."""


def join_address(settings: Settings) -> str | None:
    """Return the address that the audience opens now; None if there is none to show."""
    if settings.join_url or not settings.join_host:
        return settings.join_url
    host = likely_address() if settings.join_host == AUTO else settings.join_host
    if host is None:
        return None
    address = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}/j"
    return with_code(address, settings.clicker_code)


def follows_network(settings: Settings) -> bool:
    """Return whether pages may follow an address that can change while the site runs.

    An address with a code of the clicker is asked for behind the code of the dashboard only.
    """
    is_safe = settings.clicker_code is None or settings.dashboard_code is not None
    return settings.join_host == AUTO and not settings.join_url and is_safe


def with_code(address: str, code: SecretStr | None) -> str:
    """Return the address with the access code in its query, so that phones need not type it.

    An address that names a code stays as it is.
    """
    parts = urlsplit(address)
    if code is None or "code" in parse_qs(parts.query, keep_blank_values=True):
        return address
    added = f"code={quote(code.get_secret_value(), safe='')}"
    return parts._replace(query=f"{parts.query}&{added}" if parts.query else added).geturl()
