"""Cutting the connection of the request that is being answered, as a failing machine would.

WSGI gives no handle on the connection, so its descriptor is found among our own: by the peer's address where the server
names it, else as the connection that waits for an answer and received data last. Linux only; elsewhere the caller falls
back to an answer that ends too early.
"""

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from stat import S_ISSOCK

from django.http import HttpRequest

LAST_DATA_SENT, LAST_DATA_RECEIVED = 44, 52  # offsets in struct tcp_info; milliseconds ago
TCP_INFO_SIZE = 60


def grab(request: HttpRequest) -> socket.socket | None:
    """A duplicate of the request's connection, to be called before any waiting; None if it could not be told."""
    port = request.META.get("SERVER_PORT", "")
    peer_port = str(request.META.get("REMOTE_PORT") or "")
    waiting = []
    for connection in _connections_to(int(port) if port.isdigit() else 0):
        milliseconds = _waiting_since(connection)
        if peer_port == str(connection.getpeername()[1]):
            milliseconds = -1
        if milliseconds is None:
            connection.close()
        else:
            waiting.append((milliseconds, connection.fileno(), connection))
    waiting.sort()
    for _, _, other in waiting[1:]:
        other.close()
    return waiting[0][2] if waiting else None


def cut(connection: socket.socket | None) -> bool:
    """The client's connection is closed; False if there was none to close."""
    if connection is None:
        return False
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
    return True


def _connections_to(port: int) -> Iterator[socket.socket]:
    """Duplicates of our accepted connections on this port."""
    for descriptor in list(Path("/dev/fd").iterdir()):
        with suppress(OSError):
            if not S_ISSOCK(os.fstat(int(descriptor.name)).st_mode):
                continue  # a duplicate of it would stay open, as no socket could be made that closes it
            duplicate = socket.socket(fileno=os.dup(int(descriptor.name)))
            try:
                is_ours = duplicate.family in {socket.AF_INET, socket.AF_INET6} and duplicate.getsockname()[1] == port
                duplicate.getpeername()
            except OSError:
                is_ours = False
            if is_ours:
                yield duplicate
            else:
                duplicate.close()


def _waiting_since(connection: socket.socket) -> int | None:
    """Milliseconds since the client's last data, if nothing was sent after it; None for an idle connection."""
    if not hasattr(socket, "TCP_INFO"):
        return None
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_SIZE)
    (sent,), (received,) = struct.unpack_from("I", info, LAST_DATA_SENT), struct.unpack_from("I", info, LAST_DATA_RECEIVED)
    return int(received) if received <= sent else None
