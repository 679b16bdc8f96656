"""The served files: fonts and icons cut from their packages, everything collected once per version."""

import hashlib

from portal.core import paths
from portal.devtools.fingerprint import static_fingerprint
from portal.devtools.processes import ServiceError, locked, manage
from portal.devtools.services import Say, known_commands

# Commands that make served files from packages; each is idempotent.
BUILDERS = ("build_assets",)


def collect_static(say: Say = lambda _line: None) -> bool:
    """`.local/static` holds this version's files. True if there was anything to do. Raises ServiceError."""
    noted = paths.LOCAL / "static" / ".fingerprint"
    with locked("static"):
        found = _fingerprint()
        if noted.exists() and noted.read_text() == found and noted.with_name("staticfiles.json").exists():
            return False
        known = known_commands()
        for command in (*BUILDERS, "collectstatic"):
            if command in known:
                say(command)
                done = manage(*((command, "--no-input", "-v", "0") if command == "collectstatic" else (command,)))
                if done.returncode:
                    raise ServiceError(f"`manage.py {command}` failed:\n{(done.stderr or done.stdout).strip()[-2000:]}")
        noted.parent.mkdir(parents=True, exist_ok=True)
        noted.write_text(_fingerprint())
    return True


def _fingerprint() -> str:
    lock = paths.ROOT / "requirements" / "base.lock"
    return static_fingerprint() + hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
