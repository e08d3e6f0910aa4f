"""Which broker the settings choose: the one module that knows all of them."""

import contextlib
from collections.abc import Iterator, Sequence

from dash_app.brokers import Broker
from dash_app.brokers.finding import Finding
from dash_app.brokers.sqlite.broker import SqliteBroker
from dash_app.brokers.sqlite.checkup import check_file
from dash_app.brokers.sqlite.log import SqliteLog
from dash_app.brokers.sqlite.range_log import SqliteRange
from dash_app.brokers.sqlite.talks import read_changes
from dash_app.counting.ledger import Log
from dash_app.counting.range_log import RangeLog
from dash_app.counting.talks import TalkLog, Talks
from dash_app.settings import Settings


def create_broker(settings: Settings) -> Broker:
    """Return the broker; it opens nothing before its `start`.

    Raises BadSetting, and ImportError if kafka-python cannot be imported.
    """
    if settings.broker == "embedded":
        return SqliteBroker(settings)
    from dash_app.brokers.kafka.broker import KafkaBroker  # noqa: PLC0415 - it may be missing

    return KafkaBroker(settings)


def check_settings(settings: Settings) -> None:
    """Raise BadSetting for what the clients of Kafka would refuse.

    kafka-python, which takes long to import, knows nothing against addresses without a prefix.
    """
    servers = settings.kafka_bootstrap_servers or ""
    if settings.kafka_options or "://" in servers:
        # Whoever serves without kafka-python says so.
        with contextlib.suppress(ImportError):
            create_broker(settings)


def open_log(settings: Settings) -> Log:
    """Return the whole log, open for reading.

    Raises BrokerUnavailable, BadSetting, and ImportError if kafka-python cannot be imported.
    """
    if settings.broker == "embedded":
        return SqliteLog(settings.clicks_db)
    from dash_app.brokers.kafka.log import KafkaLog  # noqa: PLC0415 - it may be missing

    return KafkaLog(settings)


def read_talks(settings: Settings, now: float) -> Talks:
    """Return the talks beside the log as they are at `now` (epoch s), and create nothing there.

    Raises BrokerError, BadSetting, and ImportError if kafka-python cannot be imported.
    """
    log = TalkLog()
    for key, value in _read_changes(settings):
        log.apply(key, value)
    return log.talks(now)


def _read_changes(settings: Settings) -> Sequence[tuple[bytes, bytes | None]]:
    if settings.broker == "embedded":
        return read_changes(settings.clicks_db)
    from dash_app.brokers.kafka import talks  # noqa: PLC0415 - kafka-python may be missing

    return talks.read_changes(settings)


def open_range(settings: Settings, since: int, until: int) -> RangeLog:
    """Return what of the log may hold the clicks of a range, open for reading.

    The range is from the epoch second `since` to the one before `until`. It has clients of its own,
    and creates, commits and changes nothing. Raises BrokerUnavailable, LogReplaced, BadSetting, and
    ImportError if kafka-python cannot be imported.
    """
    if settings.broker == "embedded":
        return SqliteRange(settings.clicks_db, since, until)
    from dash_app.brokers.kafka.range_log import KafkaRange  # noqa: PLC0415 - it may be missing

    return KafkaRange(settings, since, until)


def check_broker(settings: Settings) -> Iterator[Finding]:
    """Check what the broker needs in order to take clicks; none is written.

    Raises BadSetting, and ImportError if kafka-python cannot be imported.
    """
    if settings.broker == "embedded":
        return check_file(settings.clicks_db)
    from dash_app.brokers.kafka.checkup import check_cluster  # noqa: PLC0415 - it may be missing

    return check_cluster(settings)
