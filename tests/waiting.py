"""Wait for what will happen, never for time to pass."""

import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def eventually(
    condition: Callable[[], Result],
    seconds: float,
    message: str | Callable[[], str],
    *,
    pause_seconds: float | None = None,
) -> Result:
    """Return the first true value of the condition; after so many seconds fail with the message.

    It looks again after `pause_seconds`, or else after a quarter of the time that it has waited,
    within 5 to 50 ms.
    An AssertionError inside the condition counts as "not yet": the last one is part of the failure.
    """
    began = time.monotonic()
    while True:
        refusal: AssertionError | None = None
        try:
            result = condition()
        except AssertionError as error:
            refusal = error
        else:
            if result:
                return result
        waited = time.monotonic() - began
        if waited >= seconds:
            text = message if isinstance(message, str) else message()
            raise AssertionError(f"not within {seconds:g} s: {text}") from refusal
        growing = min(0.05, max(0.005, waited / 4))
        time.sleep(growing if pause_seconds is None else pause_seconds)
