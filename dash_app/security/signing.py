"""Signs the site's cookies with its secret, separately from the sessions of a host."""

import functools
import hashlib
import hmac
import logging
import secrets
import threading
import time
from collections.abc import Sequence

from flask import Flask
from itsdangerous import BadSignature, TimestampSigner

from dash_app.security import secret
from dash_app.settings import Settings

logger = logging.getLogger(__name__)

MAX_COOKIES = 5
"""Of more cookies with one name the rest is not looked at."""

MAX_CACHED = 4096
"""The most signed texts whose check is cached."""


class Signing:
    """Signs and verifies texts; it loads the key when it first needs it."""

    def __init__(self, server: Flask, settings: Settings) -> None:
        self._server = server
        self._settings = settings
        self._signers: dict[str, TimestampSigner] = {}
        self._key: str | bytes | None = None
        self._loading = threading.Lock()
        # A phone sends the same cookie with each click. lru_cache stores no error, so no forgery.
        self._cached_unsign = functools.lru_cache(MAX_CACHED)(self._unsign)

    def sign(self, purpose: str, text: str) -> str:
        """Return the text with the time and a signature that is valid for this purpose only."""
        return self._signer(purpose).sign(text).decode()

    def verify(self, purpose: str, signed: str | None, seconds: int) -> str | None:
        """Return the text if it was signed for the purpose within the last `seconds`, else None."""
        if not signed:
            return None
        try:
            text, at = self._cached_unsign(purpose, signed)
        except (BadSignature, UnicodeDecodeError):
            return None
        return text if time.time() - at <= seconds else None

    def digest(self, purpose: str, text: str) -> str:
        """Return 64 hexadecimal digits that only the site's secret leads from the text to."""
        return hmac.digest(self._signer(purpose).derive_key(), text.encode(), "sha256").hex()

    def verify_any(self, purpose: str, signed: Sequence[str], seconds: int) -> str | None:
        """Return the text of the first of several cookies with one name that `verify` takes.

        A browser sends those of all folders above a path, also one that another site has set.
        """
        texts = (self.verify(purpose, each, seconds) for each in signed[:MAX_COOKIES])
        return next((text for text in texts if text is not None), None)

    def _unsign(self, purpose: str, signed: str) -> tuple[str, float]:
        text, at = self._signer(purpose).unsign(signed, return_timestamp=True)
        return text.decode(), at.timestamp()

    def _signer(self, purpose: str) -> TimestampSigner:
        if (signer := self._signers.get(purpose)) is None:
            with self._loading:
                self._key = self._key or signing_key(self._server, self._settings)
                signer = TimestampSigner(
                    self._key, salt=f"kafka_clicker.{purpose}", digest_method=hashlib.sha256
                )
                self._signers[purpose] = signer
        return signer


def signing_key(server: Flask, settings: Settings) -> str | bytes:
    """Return SECRET_KEY, or else the server's key, or else the key in a file beside the clicks.

    If that file cannot be written, the key is valid in this process only, with a warning.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    if server.secret_key:
        return server.secret_key
    try:
        return secret.load_or_create(settings.clicks_db.parent)
    except OSError as error:
        message = "set SECRET_KEY, on a host's site its secret_key: there is none, and a new one "
        logger.warning("%scannot be stored: %s", message, error)
        return secrets.token_hex(32)
