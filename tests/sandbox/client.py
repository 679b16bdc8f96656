"""A client of the simulated services, written from docs/sandbox.md: it shares no code with them."""

import hashlib
import hmac
import json
import os
import secrets
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import urllib3

HMAC_KEY, PAYMENT_KEY = os.environ.get("NATIONAL_HMAC_KEY", "demo-national-hmac"), "demo-payment-secret"
CLIENT_SECRET = os.environ.get("NATIONAL_CLIENT_SECRET", "demo-national-secret")
Answer = urllib3.BaseHTTPResponse


def signature(key: str, *parts: str | bytes) -> str:
    raw = b".".join(part.encode() if isinstance(part, str) else part for part in parts)
    return hmac.new(key.encode(), raw, hashlib.sha256).hexdigest()


class Services:
    """Calls to one running sandbox process."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = urllib3.PoolManager(retries=False, timeout=90)
        self.token = ""

    def call(
        self, method: str, path: str, *, body: bytes | str = b"", headers: Mapping[str, str] | None = None, timeout: float = 15
    ) -> Answer:
        return self.http.request(method, self.url + path, body=body or None, headers=dict(headers or {}), redirect=False, timeout=timeout)

    def post_json(self, path: str, body: object, token: str = "") -> Answer:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        return self.call("POST", path, body=json.dumps(body), headers=headers)

    def fault(self, kind: str, *, service: str = "national", **more: Any) -> None:
        answer = self.post_json("/faults", {"service": service, "kind": kind, **more}, "demo-sandbox-admin")
        assert answer.status == 201, answer.data

    def no_faults(self) -> None:
        assert self.call("DELETE", "/faults", headers={"Authorization": "Bearer demo-sandbox-admin"}).status == 200

    def new_token(self) -> str:
        form = {"grant_type": "client_credentials", "client_id": "motcua", "client_secret": CLIENT_SECRET}
        answer = self.http.request_encode_body("POST", self.url + "/npsp/v2/token", fields=form, encode_multipart=False)
        assert answer.status == 200, answer.data
        return str(answer.json()["access_token"])

    def signed(self, method: str, path: str, body: bytes = b"", *, timeout: float = 15, **changed: str) -> Answer:
        """A signed call; `changed` replaces headers (X_Nonce=…) after signing."""
        self.token = self.token or self.new_token()
        timestamp, nonce = changed.pop("timestamp", str(int(time.time()))), changed.pop("nonce", secrets.token_hex(16))
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "X-Timestamp": timestamp,
            "X-Nonce": nonce,
            "X-Signature": signature(HMAC_KEY, timestamp, nonce, method, path, body),
        }
        headers |= {name.replace("_", "-"): value for name, value in changed.items()}
        return self.call(method, path, body=body, headers=headers, timeout=timeout)

    def send(self, *items: dict[str, Any], timeout: float = 15) -> Answer:
        return self.signed("POST", "/npsp/v2/messages", json.dumps({"items": items}).encode(), timeout=timeout)

    def results(self, *items: dict[str, Any]) -> list[str]:
        answer = self.send(*items)
        assert answer.status == 200, answer.data
        return [row["result"] for row in answer.json()["items"]]

    def head(self, code: str) -> int:
        """The portal's own truth, not subject to faults of messages: 0 for an unknown dossier."""
        answer = self.signed("GET", f"/npsp/v2/dossiers/{code}")
        return int(answer.json()["seq"]) if answer.status == 200 else 0


def item(code: str, seq: int, body: dict[str, Any], *, kind: str = "status") -> dict[str, Any]:
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return {"key": f"t:{code}:{seq}", "dossier_code": code, "seq": seq, "kind": kind, "body": body, "body_hash": digest}


def create(code: str, **changed: Any) -> dict[str, Any]:
    body = {
        "MaHoSo": code,
        "MaTTHC": "1.001193",
        "TenTTHC": "Đăng ký khai sinh",
        "KenhThucHien": "1",
        "NoiNopHoSo": "2",
        "ChuHoSo": "Nguyễn Thị Ước",
        "LoaiDoiTuong": "0",
        "DinhDanhCHS": {"LoaiDinhDanh": "1", "SoDinhDanh": "001190002345"},
        "DonViXuLy": "UBND phường Hoàn Kiếm",
        "MaTinh": "01",
        "NgayNopHoSo": "20261122080000",
        "NgayTiepNhan": "20261122080000",
        "NgayHenTra": "20261125170000",
        "TrangThaiHoSo": "2",
    }
    return item(code, 1, body | changed, kind="create")


def status(code: str, seq: int, state: int = 4, **more: Any) -> dict[str, Any]:
    return item(code, seq, {"MaHoSo": code, "TrangThaiHoSo": state, "ThoiDiemXuLy": "20261122090000", **more})


def legacy_row(code: str, **changed: Any) -> dict[str, Any]:
    """A snapshot of the older generation, whose enumerations differ."""
    row = {
        "MaHoSo": code,
        "MaTTHC": "1.001193",
        "TenTTHC": "Đăng ký khai sinh",
        "ChuHoSo": "Nguyễn Thị Ước",
        "LoaiDoiTuong": "1",
        "KenhThucHien": "1",
        "NoiNopHoSo": "2",
        "DonViXuLy": "UBND phường Hoàn Kiếm",
        "NgayNopHoSo": "20261122080000",
        "TrangThaiHoSo": "1",
    }
    return row | changed


class Receiver:
    """Stands where the portal would: records what it is sent and answers with the given statuses, then 200."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.calls: list[tuple[str, dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.calls.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, count: int, seconds: float = 12) -> list[tuple[str, dict[str, str], bytes]]:
        """The calls, once there are `count` of them; fails after `seconds`."""
        end = time.monotonic() + seconds
        while len(self.calls) < count:
            assert time.monotonic() < end, f"{len(self.calls)} calls instead of {count}"
            time.sleep(0.05)
        return list(self.calls)

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
