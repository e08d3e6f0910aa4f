"""What signs the cookies of ours: the site's secret, under names that no session of a host has."""

import functools
import hashlib
import logging
import secrets
import threading
import time

from flask import Flask
from itsdangerous import BadSignature, TimestampSigner

from dash_app.security import secret
from dash_app.settings import Settings

log = logging.getLogger(__name__)

KEPT = 4096
"""Signed texts that were checked lately, and need not be checked again."""


class Signing:
    """Signs and checks texts; the key is looked for when it is first needed."""

    def __init__(self, server: Flask, settings: Settings) -> None:
        self._server = server
        self._settings = settings
        self._signers: dict[str, TimestampSigner] = {}
        self._key: str | bytes | None = None
        self._making = threading.Lock()
        # A phone shows the same cookie with each click. What is forged is never kept.
        self._unsigned = functools.lru_cache(KEPT)(self._unsign)

    def sign(self, purpose: str, text: str) -> str:
        """Return the text with the time and a signature for this purpose alone."""
        return self._signer(purpose).sign(text).decode()

    def checked(self, purpose: str, signed: str | None, seconds: int) -> str | None:
        """Return the text that was signed for this purpose within the last seconds, or None."""
        if not signed:
            return None
        try:
            text, at = self._unsigned(purpose, signed)
        except (BadSignature, UnicodeDecodeError):
            return None
        return text if time.time() - at <= seconds else None

    def _unsign(self, purpose: str, signed: str) -> tuple[str, float]:
        text, at = self._signer(purpose).unsign(signed, return_timestamp=True)
        return text.decode(), at.timestamp()

    def _signer(self, purpose: str) -> TimestampSigner:
        if (signer := self._signers.get(purpose)) is None:
            with self._making:
                self._key = self._key or key_of(self._server, self._settings)
                signer = TimestampSigner(
                    self._key, salt=f"kafka_clicker.{purpose}", digest_method=hashlib.sha256
                )
                self._signers[purpose] = signer
        return signer


def key_of(server: Flask, settings: Settings) -> str | bytes:
    """Return SECRET_KEY, or the server's own key, or one that is made and kept beside the clicks.

    Where none can be kept, the key is this process's own, and the log says so.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    if server.secret_key:
        return server.secret_key
    try:
        return secret.load_or_make(settings.clicks_db.parent)
    except OSError as error:
        log.warning("set SECRET_KEY: none is set and none can be kept: %s", error)
        return secrets.token_hex(32)
