"""Settings from the environment, and the addresses that follow from them."""

from dash_app.settings.settings import (
    FIXED_FOR_KAFKA,
    PASSED_TO_KAFKA,
    BadSetting,
    Settings,
    is_secret,
    refused,
    refused_field,
)

__all__ = [
    "FIXED_FOR_KAFKA",
    "PASSED_TO_KAFKA",
    "BadSetting",
    "Settings",
    "is_secret",
    "refused",
    "refused_field",
]
