"""The address that the audience opens."""

from urllib.parse import parse_qs, quote, urlsplit

from pydantic import SecretStr


def with_code(address: str, code: SecretStr | None) -> str:
    """Return the address with the access code in its query, so that phones need not type it.

    An address that names a code stays as it is.
    """
    parts = urlsplit(address)
    if code is None or "code" in parse_qs(parts.query, keep_blank_values=True):
        return address
    added = f"code={quote(code.get_secret_value(), safe='')}"
    return parts._replace(query=f"{parts.query}&{added}" if parts.query else added).geturl()
