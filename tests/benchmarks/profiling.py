"""Where the time of one filing goes: its statements by table, and the functions that cost most, in this process."""

import contextlib
import cProfile
import io
import pstats
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.test import Client

from portal.core import paths
from tests.benchmarks.intake import Desk
from tests.benchmarks.worlds import INTAKE, using

_SHAPE = re.compile(r'(INSERT INTO|UPDATE|FROM|SAVEPOINT|RELEASE|SELECT set_config|SELECT [a-z_]+\()\s*"?([a-z_]*)', re.IGNORECASE)
FILINGS = 30
LISTED = 14


@dataclass(frozen=True, slots=True)
class Cost:
    """One function of ours and what it took, with everything it called."""

    function: str
    ms: float


@dataclass(frozen=True, slots=True)
class Profile:
    """Milliseconds of one filing in process, the part spent in statements, statements by shape, functions by cost."""

    ms: float
    sql_ms: float
    cpu_ms: float
    queries: int
    statements: dict[str, int]
    costs: list[Cost]


def profile(desk: Desk) -> Profile:
    """File dossiers in this process: some for the time, one for the statements, some under the profiler."""
    with using(INTAKE), contextlib.redirect_stdout(io.StringIO()):  # the request log of this process
        client = _client(desk)
        for _each in range(5):
            _file(client, desk)
        begun, cpu = time.perf_counter(), time.process_time()
        for _each in range(FILINGS):
            _file(client, desk)
        took, used = time.perf_counter() - begun, time.process_time() - cpu
        recorded: list[tuple[str, float]] = []
        with connection.execute_wrapper(_recorder(recorded)):
            _file(client, desk)
        profiler = cProfile.Profile()
        profiler.enable()
        for _each in range(FILINGS):
            _file(client, desk)
        profiler.disable()
    statements = Counter(_shape(text) for text, _seconds in recorded)
    return Profile(
        ms=took / FILINGS * 1000,
        sql_ms=sum(seconds for _text, seconds in recorded) * 1000,
        cpu_ms=used / FILINGS * 1000,
        queries=len(recorded),
        statements=dict(statements.most_common(LISTED)),
        costs=_costs(profiler),
    )


def _client(desk: Desk) -> Client:
    client = Client(HTTP_HOST=urlsplit(settings.BASE_URL).netloc)
    client.cookies = SimpleCookie(desk.client.cookies)
    return client


def _recorder(kept: list[tuple[str, float]]) -> Callable[..., Any]:
    def record(execute: Callable[..., Any], statement: str, *rest: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(statement, *rest)
        finally:
            kept.append((statement, time.perf_counter() - begun))

    return record


def _file(client: Client, desk: Desk) -> None:
    path = f"/quay/tiep-nhan/{next(desk.drafts)}/"
    answer = client.post(path, desk.body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 302, answer.status_code


def _shape(statement: str) -> str:
    """The first words and the table, enough to see what repeats."""
    found = _SHAPE.search(statement)
    if not found:
        return statement[:40]
    verb, table = found.group(1).upper().rstrip("("), found.group(2)
    verb = "SELECT FROM" if verb == "FROM" else verb
    return verb.split(" ", 1)[0] if verb in {"SAVEPOINT", "RELEASE"} else f"{verb} {table}".strip()


def _costs(profiler: cProfile.Profile) -> list[Cost]:
    """Our own functions, the costliest first; of a chain of callers all are named."""
    found = []
    for (file, _line, name), (_calls, _primitive, _own, total, _callers) in pstats.Stats(profiler).stats.items():  # type: ignore[attr-defined]
        if file.startswith(str(paths.ROOT)) and ".venv" not in file and "tests/" not in file and "middleware" not in file:
            found.append(Cost(f"{Path(file).relative_to(paths.ROOT)}:{name}", total / FILINGS * 1000))
    return sorted(found, key=lambda cost: -cost.ms)[: LISTED * 2]
