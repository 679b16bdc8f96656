"""One HTTP call to the national portal: bounded in time and size, never redirected, counted by the channel's breaker."""

import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar

import urllib3
from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from dossiers.national.faults import Malformed, NotTried, Refused, Unreachable
from portal.core.clock import technical_now
from portal.outbox.backoff import LONGEST_ASKED
from portal.outbox.channels import NotNow, admit, note_skew, pause, record

T = TypeVar("T")
CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 2, 10, 15
WATCH_SECONDS = 0.25
LARGEST = 20_000_000
SKEW_SECONDS = 60
_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)(?:\\u0000)+")
_here = threading.local()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address with a breaker of its own. `stream` is the outbox stream that waits with it."""

    name: str
    stream: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer of any status."""

    status: int
    data: bytes
    headers: Mapping[str, str]


class _Guard:
    """One exchange, which is cut off after WHOLE_SECONDS, also if the other side sends one byte now and then."""

    def __init__(self) -> None:
        self.socket: socket.socket | None = None
        self.late_at = time.monotonic() + WHOLE_SECONDS

    def is_late(self) -> bool:
        return time.monotonic() >= self.late_at

    def cut(self) -> None:
        if self.socket is not None:
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)


class _Watch:
    """One thread of this process looks after all its exchanges, a few times a second, and sleeps while there are none."""

    def __init__(self) -> None:
        self.guards: set[_Guard] = set()
        self.is_needed = threading.Event()
        self.thread: threading.Thread | None = None
        self.starting = threading.Lock()

    @contextmanager
    def over(self, guard: _Guard) -> Iterator[None]:
        """Inside, the exchange is looked after."""
        self.guards.add(guard)
        self.is_needed.set()
        if self.thread is None:
            self._start()
        try:
            yield
        finally:
            self.guards.discard(guard)

    def _start(self) -> None:
        with self.starting:
            if self.thread is None:
                self.thread = threading.Thread(target=self._look, name="national-watch", daemon=True)
                self.thread.start()

    def _look(self) -> None:
        while self.is_needed.wait():
            time.sleep(WATCH_SECONDS)
            for guard in list(self.guards):
                if guard.is_late():
                    guard.cut()
            self.is_needed.clear()
            if self.guards:
                self.is_needed.set()


_watch = _Watch()


def _watch_anew() -> None:
    """A forked process has no thread yet."""
    global _watch  # noqa: PLW0603 -- one for the process
    _watch = _Watch()


os.register_at_fork(after_in_child=_watch_anew)


class _Watched(HTTPConnection):
    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]
        _here.guard.socket = self.sock
        return super().getresponse()


class _WatchedTLS(HTTPSConnection):
    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]
        _here.guard.socket = self.sock
        return super().getresponse()


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _PoolTLS(HTTPSConnectionPool):
    ConnectionCls = _WatchedTLS


_http = urllib3.PoolManager(timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS), retries=False, maxsize=4)
_http.pool_classes_by_scheme = {"http": _Pool, "https": _PoolTLS}


def ask(
    endpoint: Endpoint, method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str], understand: Callable[[Reply], T]
) -> T:
    """What `understand` makes of the answer. Raises NotTried, Unreachable, and what `understand` raises.

    Whatever cannot be understood counts as a failure of the endpoint; a clear refusal does not.
    """
    admission = admit(endpoint.name, now=technical_now())
    if isinstance(admission, NotNow):
        raise NotTried(f"{endpoint.name}: {admission.why or 'paused'}", admission.until)
    try:
        reply = _exchange(method, settings.NATIONAL_URL + path, body, headers)
        _note_clock(endpoint, reply, was_skewed=admission.is_skewed)
        answer = understand(reply)
    except Unreachable as fault:
        record(admission, ok=False, now=technical_now(), stream=endpoint.stream, error=fault.reason)
        if fault.wait_seconds:
            wait = min(timedelta(seconds=fault.wait_seconds), LONGEST_ASKED)
            pause(endpoint.name, until=technical_now() + wait, stream=endpoint.stream)
        raise
    except (Refused, Malformed):
        record(admission, ok=True, now=technical_now())
        raise
    record(admission, ok=True, now=technical_now())
    return answer


def _exchange(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
    _here.guard = guard = _Guard()
    with _watch.over(guard):
        try:
            response = _http.request(method, url, body=body or None, headers=dict(headers), redirect=False, preload_content=False)
            try:
                whole = _whole(response)
            finally:
                response.release_conn()
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise Unreachable("no answer in time" if guard.is_late() else type(error).__name__) from error
    if guard.is_late():  # cut off in its last bytes, which may look whole
        raise Unreachable("no answer in time")
    return Reply(response.status, whole, response.headers)


def _whole(response: urllib3.BaseHTTPResponse) -> bytes:
    """The body, if all of what was announced arrived and it is not absurdly large."""
    parts, size = [], 0
    while part := response.read1(65536):
        parts.append(part)
        size += len(part)
        if size > LARGEST:
            response.close()
            raise Unreachable("answer too large")
    announced = response.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) != size:
        response.close()
        raise Unreachable("answer ended too early")
    return b"".join(parts)


def without_nul(data: bytes) -> bytes:
    """The JSON without the escaped NUL, which no column of ours can keep."""
    return _NUL.sub(rb"\1", data) if b"\\u0000" in data else data


def asked_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds of Retry-After, in either of its two forms; None if it says nothing that can be understood."""
    asked = headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked[:9])
    moment = _date(asked)
    return max((moment - technical_now()).total_seconds(), 0.0) if moment else None


def _note_clock(endpoint: Endpoint, reply: Reply, *, was_skewed: bool) -> None:
    """A portal's clock that is further than a minute from ours, by its Date header, is on record until it is right again."""
    moment, now = _date(reply.headers.get("Date", "")), technical_now()
    if moment is None:
        return
    seconds = round((moment - now).total_seconds())
    if was_skewed or abs(seconds) > SKEW_SECONDS:
        note_skew(endpoint.name, seconds=seconds, limit=SKEW_SECONDS, now=now, stream=endpoint.stream)


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
