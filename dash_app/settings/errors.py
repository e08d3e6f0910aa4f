"""What is wrong with a setting, in one sentence that hides secrets."""

SECRET_WORDS = ("PASSWORD", "PROXY", "SECRET", "_CODE")
"""The value of a variable with one of these in its name is never shown; a proxy's address may
hold a password."""


class BadSetting(ValueError):
    """A setting cannot work; the message names the variable, its value and what is allowed."""


def is_secret(variable: str) -> bool:
    """Return whether the value of this variable is secret and so never shown."""
    return any(word in variable for word in SECRET_WORDS)


def bad_setting(variable: str, value: str | None, allowed: str, reason: object = "") -> BadSetting:
    """Return the error for a variable that cannot work; it hides the value of a secret."""
    shown = "unset" if value is None else "(hidden)" if is_secret(variable) else repr(value)
    because = f" ({reason})" if reason else ""
    return BadSetting(f"{variable} is {shown}, which cannot work; allowed: {allowed}{because}.")
