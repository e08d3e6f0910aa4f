"""The headers that tell a browser what it may do with a response."""

from collections.abc import Sequence

FRESH = "public, max-age=0, s-maxage=1"
"""The Cache-Control of responses that a proxy may reuse for everybody for one second."""

POLICY = (
    "default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'self';"
    " form-action 'self'; frame-ancestors {frames}"
)


SECURITY_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
"""The headers that every response carries."""


def policy(frame_ancestors: str, script_hashes: Sequence[str] = ()) -> str:
    """Return the Content-Security-Policy of a page; it allows inline scripts by their hashes."""
    frames = f"'{frame_ancestors}'" if frame_ancestors in {"none", "self"} else frame_ancestors
    return POLICY.format(scripts=" ".join(["'self'", *script_hashes]), frames=frames)
