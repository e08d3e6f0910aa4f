"""The attributes of the site's cookies."""

from flask import Response, request

from dash_app.settings import Settings


def may_be_framed(settings: Settings) -> bool:
    """Return whether pages of other sites may show these pages in a frame."""
    return settings.frame_ancestors not in {"none", "self"}


def set_cookie(
    response: Response, name: str, value: str, *, framed: bool, seconds: int | None = None
) -> None:
    """Set a cookie that no script can read, valid for the folder of the request's path.

    If the pages may be `framed` by other sites and the connection is encrypted, a browser keeps it
    in such a frame as well, apart from the cookie outside of the frame.
    """
    in_frames = framed and request.is_secure
    # Without a path the browser takes the folder of the request, also behind a proxy's prefix.
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=None,
        secure=request.is_secure,
        httponly=True,
        samesite="None" if in_frames else "Lax",
        partitioned=in_frames,
    )
