"""Batches as their bytes: whole ones are read as kafka-python does, and nothing in one is fatal."""

import gzip
import struct
from pathlib import Path

import pytest
import snappy
from kafka.record.memory_records import MemoryRecords, MemoryRecordsBuilder

from dash_app.brokers.kafka.batches import split
from dash_app.brokers.kafka.codecs import LARGEST_BYTES, MOST_STREAMS
from dash_app.counting.records import BROKEN, LARGEST_VALUE_BYTES, OUTSIDE, TOO_LARGE
from tests.brokers.kafka.forged import CODECS, Forged, around, batch, bombs, clicks, read, varint
from tests.brokers.kafka.records import click
from tests.programs import run_program


def problems(data: bytes) -> list[tuple[int, str | None]]:
    """Return the offset and the problem of each record."""
    return [(record.offset, record.problem) for record in read(data)]


@pytest.mark.parametrize("magic", [0, 1, 2])
@pytest.mark.parametrize("codec", [0, *CODECS.values()])
def test_a_whole_batch_is_read_as_kafka_python_reads_it(magic: int, codec: int) -> None:
    if magic < 2 and codec > 2 - (magic == 0):
        codec = 0
    builder = MemoryRecordsBuilder(magic=magic, compression_type=codec, batch_size=10_000)
    headers = [("trace", b"x"), ("click-id", b"phone-1:1:0")]
    for number in range(3):
        builder.append(1000 + number, b"key", click(), headers if magic == 2 else [])
        builder.append(2000 + number, None, None, [])
    builder.close()
    data = bytearray(builder.buffer())
    if magic < 2 and codec:
        # The broker gives the outer message the offset of the last one inside.
        struct.pack_into(">q", data, 0, 5)

    theirs = [
        (one.offset, (-1 if one.timestamp is None else one.timestamp) / 1000, one.value)
        for each in MemoryRecords(data)
        for one in each
    ]
    ours = [record for each in split(bytes(data)) for record in each.records()]
    assert [record[:3] for record in ours] == theirs
    assert [record.click_id for record in ours] == (
        [b"phone-1:1:0", None] * 3 if magic == 2 else [None] * 6
    )


def test_a_name_of_negative_length_is_broken_at_once() -> None:
    # Read as a step back, it would lead to the same place as often as the record says.
    headers = varint(2_000_000_000) + varint(1) + b"a" + varint(-1) + varint(-2)
    body = bytes([0]) + varint(0) * 2 + varint(-1) * 2 + headers

    assert problems(around(varint(len(body)) + body, 0, 1)) == [(0, BROKEN)]


@pytest.mark.parametrize("length", [2**31 - 1, 2**62, 2**63 - 1, 2**63, 2**68])
@pytest.mark.parametrize("before", [b"", varint(-1)], ids=["key", "value"])
def test_a_part_of_any_length_costs_its_record_alone(length: int, before: bytes) -> None:
    body = bytes([0]) + varint(0) * 2 + before + varint(length) + b"x" * 20
    good = Forged(click(), 1).written()
    assert problems(around(varint(len(body)) + body + good, 0, 2)) == [(0, BROKEN), (1, None)]


@pytest.mark.parametrize("attributes", [0x80, 0xFF, 0x7F, 1])
def test_the_attributes_of_a_record_are_one_byte_whatever_it_is(attributes: int) -> None:
    odd = Forged(click(), 1, attributes=attributes)
    assert problems(batch([*clicks(1), odd])) == [(0, None), (1, None)]


@pytest.mark.parametrize(
    ("deltas", "found"),
    [
        ([7], [(0, OUTSIDE)]),
        ([300_000], [(0, OUTSIDE)]),
        ([-1, 1], [(0, OUTSIDE), (1, None)]),
        ([0, 0, 2], [(0, None), (1, OUTSIDE), (2, None)]),
        ([0, 2**31, 2], [(0, None), (1, OUTSIDE), (2, None)]),
        # The second is late only because the first took its offset: neither leaves the batch.
        ([1, 0], [(1, None)]),
    ],
)
def test_an_offset_outside_of_its_batch_is_no_click_and_moves_nothing(
    deltas: list[int], found: list[tuple[int, str | None]]
) -> None:
    assert problems(batch([Forged(click(), delta) for delta in deltas])) == found


def test_a_broken_record_costs_neither_the_one_before_nor_the_next() -> None:
    good = clicks(3)
    odd = bytearray(good[1].written())
    odd[odd.index(b"{") - 1] = 126  # The length of the value: more than the record has.
    body = good[0].written() + bytes(odd) + good[2].written()

    assert problems(around(body, 0, 3)) == [(0, None), (1, BROKEN), (2, None)]


@pytest.mark.parametrize("length", [b"", b"\xff" * 12, b"\x01", b"\x7e"])
def test_a_length_that_cannot_be_costs_the_rest_of_its_batch(length: bytes) -> None:
    body = clicks(1)[0].written() + length
    assert problems(around(body, 0, 5)) == [(0, None), (4, BROKEN)]


@pytest.mark.parametrize("codec", range(1, 8))
def test_compression_bits_over_bytes_that_are_not_compressed(codec: int) -> None:
    assert problems(around(click(), codec, 3)) == [(2, BROKEN)]


@pytest.mark.parametrize("codec", CODECS.values())
def test_what_follows_a_compressed_stream_costs_nothing(codec: int) -> None:
    data = batch(clicks(3), codec_number=codec, behind=b"junk")
    assert problems(data) == [(0, None), (1, None), (2, None)]


@pytest.mark.parametrize("codec", CODECS.values())
def test_a_compressed_stream_that_is_cut_off_is_broken_as_a_whole(codec: int) -> None:
    whole = batch(clicks(3), codec_number=codec)
    body = whole[61:-4]
    assert problems(around(body, codec, 3)) == [(2, BROKEN)]


def test_several_streams_in_one_batch_are_read() -> None:
    body = b"".join(gzip.compress(one.written()) for one in clicks(3))
    assert problems(around(body, 1, 3)) == [(0, None), (1, None), (2, None)]


@pytest.mark.parametrize("magic", [3, 127, 255])
def test_a_format_that_nobody_knows_is_passed_over(magic: int) -> None:
    data = bytearray(batch(clicks(2), base_offset=7))
    data[16] = magic
    assert problems(bytes(data)) == [(7, BROKEN)]


def test_a_message_of_an_old_format_is_broken_on_its_own() -> None:
    builder = MemoryRecordsBuilder(magic=1, compression_type=1, batch_size=10_000)
    builder.append(1, None, click(), [])
    builder.close()
    data = bytearray(builder.buffer())
    data[-6] ^= 255
    (only,) = split(bytes(data))

    assert not only.is_intact()
    assert [record.problem for record in only.records()] == [BROKEN]


def test_what_is_cut_off_at_the_end_of_a_fetch_is_left_for_the_next() -> None:
    data = batch(clicks(1)) + batch(clicks(1), base_offset=1)
    assert [each.base_offset for each in split(data[:-1])] == [0]


MEASURED = """
import json, pathlib, resource, sys
from dash_app.brokers.kafka.batches import split
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
data = pathlib.Path(sys.argv[1]).read_bytes()
found = [record.problem for each in split(data) for record in each.records()]
print(json.dumps([found, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before]))
"""


def test_a_bomb_of_any_codec_is_too_large_and_takes_bounded_memory(tmp_path: Path) -> None:
    file = tmp_path / "bombs"
    block = snappy.compress(bytes(LARGEST_BYTES // 4))
    blocks = b"\x82SNAPPY\x00" + bytes(8) + (struct.pack(">i", len(block)) + block) * 5
    data = [*bombs().values(), around(blocks, CODECS["snappy"], 1)]
    file.write_bytes(b"".join(data))

    found, used_kb = run_program(MEASURED, file)

    assert found == [TOO_LARGE] * len(data)
    assert used_kb * 1024 < 4 * LARGEST_BYTES


KEPT = """
import json, pathlib, sys
from dash_app.brokers.kafka.batches import split
data = pathlib.Path(sys.argv[1]).read_bytes()
found = [record for each in split(data) for record in each.records()]
kept = sum(len(one.value or b"") + len(one.click_id or b"") for one in found)
print(json.dumps([sorted({str(one.problem) for one in found}), kept]))
"""


@pytest.mark.parametrize("codec", ["gzip", "lz4", "zstd"])
def test_batches_just_below_the_bound_are_not_kept_in_memory(tmp_path: Path, codec: str) -> None:
    size = LARGEST_BYTES - 1000
    long_value = Forged(bytes(size), 0)
    long_header = Forged(click(), 0, headers=[(b"click-id", bytes(size))])
    long_click = click().ljust(60_000)
    many = [Forged(long_click, number) for number in range(size // 60_100)]
    batches = [
        batch(records, codec_number=CODECS[codec])
        for records in ([long_value], [long_header], many)
    ]
    file = tmp_path / "batches"
    file.write_bytes(b"".join(batches * 7))

    problems, kept = run_program(KEPT, file)

    assert problems == ["None", TOO_LARGE]
    assert kept < 1_000_000


def test_a_value_is_too_large_from_one_byte_on_and_costs_no_other_record() -> None:
    sizes = [LARGEST_VALUE_BYTES, LARGEST_VALUE_BYTES + 1, 100]
    found = read(batch([Forged(click().ljust(size), place) for place, size in enumerate(sizes)]))
    assert [record.problem for record in found] == [None, TOO_LARGE, None]


def test_a_block_that_says_it_is_too_large_is_believed() -> None:
    assert problems(around(b"\xff\xff\xff\xff\x0f", CODECS["snappy"], 1)) == [(0, TOO_LARGE)]


@pytest.mark.parametrize("codec", ["gzip", "lz4", "zstd"])
def test_a_crowd_of_empty_streams_is_too_large(codec: str) -> None:
    (empty,) = split(batch([], codec_number=CODECS[codec], size=1))
    stream = bytes(empty.data[61:])
    assert problems(around(stream * MOST_STREAMS, CODECS[codec], 1)) == [(0, BROKEN)]
    assert problems(around(stream * (MOST_STREAMS + 1), CODECS[codec], 1)) == [(0, TOO_LARGE)]


SHORT_OF_MEMORY = """
import json, pathlib, resource, sys
from dash_app.brokers.kafka.batches import split
(only,) = split(pathlib.Path(sys.argv[1]).read_bytes())
used = int(pathlib.Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 10_000_000,) * 2)
try:
    print(json.dumps([one.problem for one in only.records()]))
except MemoryError:
    print(json.dumps("no memory"))
"""


def test_a_lack_of_memory_says_nothing_about_a_batch(tmp_path: Path) -> None:
    file = tmp_path / "batch"
    file.write_bytes(batch([Forged(bytes(LARGEST_BYTES - 100), 0)], codec_number=CODECS["gzip"]))
    assert run_program(SHORT_OF_MEMORY, file) == "no memory"


WITHOUT_CODECS = """
import json, sys
sys.modules["lz4"] = sys.modules["snappy"] = sys.modules["zstandard"] = None
import dash_app.brokers.kafka.clients
from dash_app.brokers.kafka.codecs import decompress
def fails(codec):
    try:
        decompress(codec, b"bytes")
    except ImportError:
        return True
print(json.dumps([fails(codec) for codec in (2, 3, 4)]))
"""


def test_a_missing_library_is_no_broken_batch_and_matters_only_to_whoever_reads() -> None:
    assert run_program(WITHOUT_CODECS) == [True] * 3
