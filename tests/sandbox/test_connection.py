"""Finding the connection of a request among the descriptors of the process, and leaving those as they were."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import RequestFactory

from portal.sandbox.faults.connection import cut, grab

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A client that waits for its answer, and our side of its connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as client:
        ours, _address = listener.accept()
        with ours:
            client.settimeout(10)
            client.sendall(b"GET / HTTP/1.0\r\n\r\n")
            ours.recv(100)
            yield client, ours


def open_descriptors() -> int:
    return sum(1 for _each in Path("/dev/fd").iterdir())


def grabbed(pair: Pair) -> socket.socket | None:
    client, ours = pair
    port, peer = ours.getsockname()[1], client.getsockname()[1]
    return grab(RequestFactory().get("/npsp/v2/messages", SERVER_PORT=str(port), REMOTE_PORT=str(peer)))


def test_looking_for_the_connection_leaves_no_descriptor_open(pair: Pair) -> None:
    before = open_descriptors()

    for _each in range(5):
        found = grabbed(pair)
        assert found is not None
        found.close()

    assert open_descriptors() == before


def test_the_connection_that_was_found_is_cut_for_its_client(pair: Pair) -> None:
    assert cut(grabbed(pair))

    assert pair[0].recv(100) == b""
