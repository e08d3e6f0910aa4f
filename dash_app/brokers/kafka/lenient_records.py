"""Reading records whose header names are not UTF-8, which kafka-python would never get past."""

from typing import Any

from kafka.record import memory_records
from kafka.record.default_records import DefaultRecordBatch


class _LenientBytes(bytes):
    """Bytes that decode to some text whatever they hold."""

    def __getitem__(self, place: Any) -> Any:
        found: Any = super().__getitem__(place)
        return _LenientBytes(found) if isinstance(found, bytes) else found

    def decode(self, encoding: str = "utf-8", errors: str = "replace") -> str:
        return super().decode(encoding, "replace")


class LenientBatch(DefaultRecordBatch):  # type: ignore[misc]
    """A batch in which a header may have any name: Kafka itself takes every name."""

    _buffer: Any

    def _read_msg(self) -> Any:
        try:
            return super()._read_msg()
        except UnicodeDecodeError:
            # The place in the buffer moves only when a record was read whole.
            self._buffer = _LenientBytes(self._buffer)
            return super()._read_msg()


def read_any_header() -> None:
    """Have all consumers of this process read such records; harmless when repeated."""
    memory_records.DefaultRecordBatch = LenientBatch
