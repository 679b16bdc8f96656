"""What the faults of the transport do to an answer."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from email.utils import format_datetime

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from portal.core.clock import technical_now
from portal.sandbox import settings
from portal.sandbox.faults.connection import cut
from portal.sandbox.faults.draw import Fault
from portal.sandbox.faults.tls import wrong_listener

GARBAGE = "<!doctype html><title>Hệ thống</title><h1>Xin vui lòng quay lại sau</h1>"
BUSY: dict[str, tuple[int, str, int | None]] = {
    "rate_limited": (429, "Quá nhiều yêu cầu", 5),
    "maintenance": (503, "Hệ thống đang bảo trì", 900),
    "error_503": (503, "Dịch vụ tạm ngừng", None),
}
NOISE = bytes(range(256)) * 4
WRONG_TYPES = [1, "hai", None]
NOWHERE = {"dns_failure": "khong-phan-giai.invalid", "ipv6_failure": "[::1]:9"}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Service: may-chu-rat-cham\r\n"


def instead(connection: socket.socket | None, fault: Fault, *, is_legacy: bool = False) -> HttpResponseBase:
    """The answer of a service that did nothing."""
    match fault.kind:
        case "refuse":
            return _cut(connection)
        case "timeout_before":
            time.sleep(fault.seconds(20))
            return _cut(connection)
        case "error_502":
            return HttpResponse("<html><h1>502 Bad Gateway</h1></html>", status=502)
        case "html_garbage" | "json_garbage" | "binary_garbage":
            return _garbage(fault)
        case "redirect":
            return HttpResponse(status=302, headers={"Location": str(fault.params.get("location", "/"))})
        case "certificate_error":
            return HttpResponse(status=307, headers={"Location": wrong_listener().url + "/"})
        case "token_expired":
            return _expired(is_legacy=is_legacy)
        case "rate_limited" | "maintenance" | "error_503":
            return _busy(fault, *BUSY[fault.kind])
        case _:
            return JsonResponse({"error": "server_error", "message": "Lỗi hệ thống"}, status=500)


def _garbage(fault: Fault) -> HttpResponse:
    """200, and nothing that could be understood: a page, JSON of the wrong types, bytes that are no text."""
    if fault.kind == "json_garbage":
        return JsonResponse(fault.params.get("json", WRONG_TYPES), safe=False)
    return HttpResponse(NOISE, content_type="application/json") if fault.kind == "binary_garbage" else HttpResponse(GARBAGE)


def _expired(*, is_legacy: bool) -> HttpResponse:
    if is_legacy:  # that generation answers 200 and tells by its error code
        return JsonResponse({"error_code": "-2", "message": "Phiên làm việc không hợp lệ hoặc đã hết hạn"})
    challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    return JsonResponse({"error": "invalid_token", "message": "Mã truy cập đã hết hạn"}, status=401, headers=challenge)


def _busy(fault: Fault, status: int, message: str, default: int | None) -> HttpResponse:
    response = JsonResponse({"error": "busy", "message": message}, status=status)
    wait = fault.params.get("retry_after", default)
    if isinstance(wait, int):
        later = format_datetime(technical_now() + timedelta(seconds=wait), usegmt=True)
        response["Retry-After"] = later if fault.params.get("http_date") else str(wait)
    return response


def altered(request: HttpRequest, fault: Fault, done: HttpResponseBase) -> HttpResponseBase:
    """A good answer that is late, or that sends its reader to an address where nobody is."""
    if fault.kind == "latency":
        time.sleep(fault.seconds(1))
        return done
    host = str(fault.params.get("host", NOWHERE[fault.kind]))
    if not isinstance(done, HttpResponse):
        return done
    ours = {settings.SANDBOX_BASE_URL, f"http://{request.get_host()}"}
    body = done.content
    for address in ours:
        body = body.replace(address.encode(), f"http://{host}".encode())
    if body == done.content:  # an answer without addresses: the service itself has "moved" there
        return HttpResponse(status=307, headers={"Location": f"http://{host}{request.path}"})
    done.content = body
    done["Content-Length"] = str(len(body))
    return done


def spoilt(connection: socket.socket | None, fault: Fault, done: HttpResponseBase) -> HttpResponseBase:
    """The spoilt answer of a service that did its work."""
    body = done.content if isinstance(done, HttpResponse) else b""
    match fault.kind:
        case "timeout_after":
            time.sleep(fault.seconds(20))
            return _cut(connection)
        case "error_504":
            return HttpResponse("<html><h1>504 Gateway Timeout</h1></html>", status=504)
        case "truncated_json":
            return HttpResponse(body[: len(body) // 2], content_type="application/json", status=done.status_code)
        case "reset_mid_body":
            stream = _half_then_cut(connection, body)
        case "slow_headers":
            _drip_head(connection, per_second=_rate(fault) or 1.0, seconds=fault.seconds(15))
            return _cut(connection)
        case _:
            stream = _drip(body, fault.seconds(5), _rate(fault))
    return _promising(stream, size=len(body), status=done.status_code)


def _rate(fault: Fault) -> float:
    """The parameter `bytes_per_second`; 0 if it is not asked for."""
    value = fault.params.get("bytes_per_second", 0)
    return float(value) if isinstance(value, int | float) and value > 0 else 0.0


def _cut(connection: socket.socket | None) -> HttpResponseBase:
    """No answer: the connection is gone. If it could not be found, the answer at least ends too early to be read."""
    cut(connection)
    return _promising(iter([b""]), size=100, status=503)


def _promising(stream: Iterator[bytes], *, size: int, status: int) -> StreamingHttpResponse:
    """A streamed answer that announces `size` bytes."""
    response = StreamingHttpResponse(stream, content_type="application/json", status=status)
    response["Content-Length"] = str(size)
    return response


def _half_then_cut(connection: socket.socket | None, body: bytes) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    time.sleep(0.05)  # lets the first half leave before the connection goes
    cut(connection)


def _drip(body: bytes, seconds: float, per_second: float) -> Iterator[bytes]:
    parts = 10
    size = 1 if per_second else max(1, -(-len(body) // parts))
    for start in range(0, len(body), size):
        time.sleep(1 / per_second if per_second else seconds / parts)
        yield body[start : start + size]


def _drip_head(connection: socket.socket | None, *, per_second: float, seconds: float) -> None:
    """The head of an answer leaves byte by byte and never ends: each byte resets a client's wait for the next one."""
    end = time.monotonic() + seconds
    with suppress(OSError):
        for number in range(int(seconds * per_second) + 1):
            if connection is not None:
                connection.send(HEAD[number : number + 1] or b"x")
            time.sleep(max(0.0, min(1 / per_second, end - time.monotonic())))
