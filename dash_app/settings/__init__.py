"""Settings from the environment, and the addresses that follow from them."""

from dash_app.settings.errors import BadSetting, bad_setting, is_secret
from dash_app.settings.kafka import FIXED_KAFKA_VARIABLES, KAFKA_PREFIX
from dash_app.settings.settings import Settings, bad_field

__all__ = [
    "FIXED_KAFKA_VARIABLES",
    "KAFKA_PREFIX",
    "BadSetting",
    "Settings",
    "bad_field",
    "bad_setting",
    "is_secret",
]
