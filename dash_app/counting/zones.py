"""Time zones by their names, such as Europe/Madrid."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

ISO = "%Y-%m-%dT%H:%M:%S"
"""The one form of a time that LibreOffice takes for one whatever its language and settings."""


class UnknownZone(ValueError):
    """No time zone has the name."""


def find_zone(name: str) -> ZoneInfo:
    """Return the time zone with the name. Raises UnknownZone."""
    try:
        return ZoneInfo(name)
    # A name may lead out of the folder of the zones, or be that of a folder, or too long for one.
    except (LookupError, ValueError, OSError) as error:
        raise UnknownZone(
            f"there is no time zone {name!r:.100}; take a name such as Europe/Madrid or UTC"
        ) from error


def iso_time(second: int, zone: tzinfo | None = UTC) -> str:
    """Return an epoch second as a time of the zone; None: of that of this machine."""
    return datetime.fromtimestamp(second, zone).strftime(ISO)
