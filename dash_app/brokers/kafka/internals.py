"""All that the site relies on inside kafka-python beyond its documented interface.

`connections.py` holds what concerns connections, `lookups.py` what is asked of brokers, and
`producer_internals.py` producers.
`tests/brokers/kafka/test_internals.py` fails where a release of kafka-python changes any of it.
"""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from kafka import KafkaConsumer
from kafka.consumer.fetcher import Fetcher
from kafka.errors import KafkaConnectionError, SaslAuthenticationFailedError
from kafka.net.compat import KafkaNetClient
from kafka.net.manager import KafkaConnectionManager
from kafka.net.transport import KafkaSSLTransport

from dash_app.brokers.kafka.batches import Batch, offset_at, split
from dash_app.brokers.kafka.connections import close_forgotten_sockets, wait_for_broker
from dash_app.brokers.kafka.refusals import Refusals
from dash_app.counting.records import BROKEN, Record

DAMAGED_TRIES = 3
"""So often a batch with a wrong checksum is fetched before it is passed over."""


class AnyRecords(Fetcher.PartitionRecords):  # type: ignore[misc]
    """The records of one fetch, whatever their batches hold; see batches.py.

    kafka-python's own stop at the first batch that they cannot read, for good.
    """

    tries: ClassVar[Counter[tuple[Any, int]]]
    """How often a damaged batch was fetched, by partition and offset."""

    highwater: Callable[[Any], int | None]
    """Tells up to which offset a partition may be read."""

    with_keys: ClassVar[bool] = False

    def _unpack_records(self, tp: Any, records: Any, *_: Any) -> Iterator[Record]:
        for found in split(records._buffer):
            # kafka-python reads other partitions first after one that gave it bytes.
            self.bytes_read += len(found.data)
            is_intact = found.is_intact()
            if not is_intact and self._fetches_again(tp, found.base_offset):
                break
            end = found.last_offset if is_intact else self._end_of_damage(tp, found, records)
            batch = found.until(end)
            for record in self._visible(batch) if is_intact else [batch.unreadable(BROKEN)]:
                self.next_fetch_offset = record.offset + 1
                yield record
            self.next_fetch_offset = batch.last_offset + 1
            self.leader_epoch = batch.leader_epoch
        self.drain()

    def _end_of_damage(self, partition: Any, batch: Batch, records: Any) -> int:
        """Return the last offset of a batch that may say anything: inside of the log, not behind.

        Whoever believed it could be sent to an offset that no log has, over and over again.
        """
        following = offset_at(records._buffer, self.bytes_read)
        highwater = self.highwater(partition)
        latest = batch.last_offset if following is None else following - 1
        if highwater is not None:
            latest = min(latest, highwater - 1)
        return int(max(latest, batch.base_offset, self.fetch_offset))

    def _fetches_again(self, partition: Any, offset: int) -> bool:
        """Return whether damage may have happened on the way, and not on the broker's disk."""
        self.tries[partition, offset] += 1
        if self.tries[partition, offset] < DAMAGED_TRIES:
            return True
        del self.tries[partition, offset]
        return False

    def _visible(self, batch: Batch) -> Iterable[Record]:
        """Return the records of the batch if they are committed, and none of a marker."""
        self._consume_aborted_transactions_up_to(batch.last_offset)
        if batch.is_control and batch.is_abort_marker():
            self.aborted_producer_ids.discard(batch.producer_id)
        is_aborted = batch.is_transactional and batch.producer_id in self.aborted_producer_ids
        return () if batch.is_control or is_aborted else batch.records(with_keys=self.with_keys)


def read_any_batch(consumer: KafkaConsumer, *, with_keys: bool = False) -> KafkaConsumer:
    """Have a consumer return Records, and pass over what it cannot read; return it."""
    tries: Counter[tuple[Any, int]] = Counter()
    attributes = {
        "tries": tries,
        "highwater": staticmethod(consumer.highwater),
        "with_keys": with_keys,
    }
    consumer._fetcher.PartitionRecords = type("AnyRecords", (AnyRecords,), attributes)
    return consumer


def advertised_addresses(admin: Any) -> list[tuple[str, int]]:
    """Return where the brokers say that they are, as they said when the client connected.

    kafka-python asks these addresses for everything else, `describe_cluster` included.
    """
    return sorted((broker.host, broker.port) for broker in admin._manager.cluster.brokers())


def create_client(
    client_class: Callable[..., Any],
    options: Mapping[str, Any],
    refusals: Refusals,
    *,
    reaches_cluster: bool = True,
) -> Any:
    """Create and connect a client; `refusals` records how its attempts to connect end.

    Unless it `reaches_cluster`, an answer at an address of our own settings is enough.

    One that cannot connect is closed: kafka-python would leave its thread and its sockets behind.
    """
    opened: list[KafkaNetClient] = []
    with contextlib.ExitStack() as undo:

        def connect(**config: Any) -> KafkaNetClient:
            connection = KafkaNetClient(**config)
            opened.append(connection)
            close_forgotten_sockets(connection._manager)
            _record_attempts(connection, refusals)
            undo.callback(_close_quietly, connection)
            return connection

        client = client_class(**options, kafka_client=connect)
        undo.callback(_close_client, client)
        if reaches_cluster:
            wait_for_broker(opened[0])
        undo.pop_all()
    return client


def _close_client(client: Any) -> None:
    with contextlib.suppress(Exception):
        client.close()


def _record_attempts(client: KafkaNetClient, refusals: Refusals) -> None:
    """Record how each attempt to connect ends; kafka-python drops the reason."""
    manager = client._manager
    connect = manager._connect

    async def connect_and_record(node: Any, connection: Any, **options: Any) -> None:
        authenticate = connection._sasl_authenticate

        async def authenticate_and_record(*arguments: Any) -> None:
            try:
                await authenticate(*arguments)
            except (SaslAuthenticationFailedError, KafkaConnectionError) as error:
                # A broker that refuses disconnects at once, and its last answer is mostly lost.
                refusals.login_failed(error)
                raise

        connection._sasl_authenticate = authenticate_and_record
        await connect(node, connection, **options)
        attempt = connection.init_future
        is_bootstrap = manager.cluster.is_bootstrap(node.node_id)
        if attempt.failed():
            refusals.connection_failed(attempt.exception, None if is_bootstrap else node)
        elif not is_bootstrap:
            refusals.connected()

    manager._connect = connect_and_record


def _close_quietly(connection: KafkaNetClient) -> None:
    with contextlib.suppress(Exception):
        connection.close()


def load_certificates(options: Mapping[str, Any]) -> None:
    """Load the certificates that these options name, as kafka-python does when it connects.

    Raises OSError, TypeError or ValueError.
    """
    KafkaSSLTransport._build_ssl_context({**KafkaConnectionManager.DEFAULT_CONFIG, **options})
