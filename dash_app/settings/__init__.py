"""Settings from the environment, and the addresses that follow from them."""

from dash_app.settings.settings import (
    FIXED_KAFKA_VARIABLES,
    KAFKA_PREFIX,
    BadSetting,
    Settings,
    bad_field,
    bad_setting,
    is_secret,
)

__all__ = [
    "FIXED_KAFKA_VARIABLES",
    "KAFKA_PREFIX",
    "BadSetting",
    "Settings",
    "bad_field",
    "bad_setting",
    "is_secret",
]
