"""`make check`: everything that can be said about the code without running it. Prints how long each check took."""

import os
import subprocess
import sys
import time
from pathlib import Path

from portal.core import paths

SOURCES = ["manage.py", "portal", "procedures", "dossiers", "counters", "payments", "tests"]
PYTHON = sys.executable
MANAGE = [PYTHON, "manage.py"]

PRODUCTION = {
    "DATABASE_URL": "postgres://portal_web@db.invalid/motcua",
    "REDIS_URL": "redis://broker.invalid/0",
    "SECRET_KEY": "check-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOP",
    "PORTAL_BASE_URL": "https://motcua.example.vn",
    "SANDBOX_BASE_URL": "https://sandbox.example.vn",
    "ALLOWED_HOSTS": "motcua.example.vn",
    "DEMO": "0",
    "DEBUG": "0",
    **dict.fromkeys(
        ("OIDC_CLIENT_SECRET", "NATIONAL_CLIENT_SECRET", "NATIONAL_HMAC_KEY", "PAYMENT_SECRET", "MESSAGES_TOKEN"), "check-only"
    ),
}


def _tool(name: str) -> str:
    return str(Path(PYTHON).with_name(name))


def checks() -> dict[str, tuple[list[str], dict[str, str]]]:
    """Name → command and extra environment, fastest first."""
    templates = [folder for folder in ("templates", *SOURCES) if any((paths.ROOT / folder).rglob("*.html"))]
    return {
        "ruff check": ([_tool("ruff"), "check", *SOURCES], {}),
        "ruff format": ([_tool("ruff"), "format", "--check", *SOURCES], {}),
        "architecture": ([_tool("lint-imports")], {}),
        "templates": ([_tool("djlint"), *templates, "--lint", "--quiet"], {}) if templates else ([PYTHON, "-c", ""], {}),
        "competence": ([PYTHON, "-m", "portal.devtools.registrycheck"], {}),
        "migrations": ([*MANAGE, "makemigrations", "--check", "--dry-run"], {"DATABASE_ROLE": "owner"}),
        "deployment": ([*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
        "types": ([_tool("mypy")], {}),
    }


def run(only: list[str]) -> int:
    """Run all checks, or those whose name contains a word of `only`; the number that failed."""
    failed = []
    for name, (command, environment) in checks().items():
        if only and not any(word in name for word in only):
            continue
        began = time.monotonic()
        done = subprocess.run(command, cwd=paths.ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)
        print(f"{'ok    ' if done.returncode == 0 else 'FAILED'} {name:14} {time.monotonic() - began:6.1f} s", flush=True)
        if done.returncode:
            failed.append(name)
            print((done.stdout + done.stderr).strip() + "\n", flush=True)
    print(f"make check: {'all clean' if not failed else 'failed: ' + ', '.join(failed)}")
    return len(failed)


if __name__ == "__main__":
    raise SystemExit(min(run(sys.argv[1:]), 1))
