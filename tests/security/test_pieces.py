import pytest
from flask import Flask, Response

from dash_app.security.pieces import PIECE_BYTES, send_in_pieces


def sent(response: Response) -> list[bytes]:
    """Return what a server gets of the response, one iteration after the other."""
    with Flask(__name__).test_request_context():
        return [*send_in_pieces(lambda: response)().iter_encoded()]


@pytest.mark.parametrize("size", [PIECE_BYTES + 1, 3 * PIECE_BYTES, 1_000_000])
def test_no_piece_of_a_large_body_is_large_and_its_length_is_said(size: int) -> None:
    body = bytes(index % 251 for index in range(size))
    response = Response([body, b"the end"])

    pieces = sent(response)
    assert max(map(len, pieces)) <= PIECE_BYTES
    assert b"".join(pieces) == body + b"the end"
    assert response.content_length == size + 7


@pytest.mark.parametrize("parts", [[b"small"], [b"sm", b"all"], (b"s", b"mall"), "small"])
def test_a_small_body_is_one_piece(parts: list[bytes]) -> None:
    assert sent(Response(parts)) == [b"small"]


def test_a_stream_stays_as_it_is() -> None:
    assert sent(Response(line for line in [b"a" * 100_000, b"b"])) == [b"a" * 100_000, b"b"]


def test_a_host_that_reads_the_body_gets_all_of_it() -> None:
    with Flask(__name__).test_request_context():
        assert send_in_pieces(lambda: Response(b"x" * 200_000))().get_data() == b"x" * 200_000
