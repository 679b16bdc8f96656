"""What the environment can set, and what the checks say about it."""

import json
import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import call_command
from django.http import HttpResponse
from django.urls import path

from portal.devtools.checks import PRODUCTION
from portal.management.commands.settings_explain import VARIABLES

SOURCE = Path(settings.BASE_DIR / "portal" / "settings.py").read_text()


def test_every_variable_that_the_settings_read_is_explained() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', SOURCE)) | set(re.findall(r'"(DATABASE_\w*URL)"', SOURCE))

    assert read == {variable.name for variable in VARIABLES}


def test_no_secret_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        if variable.is_secret:
            monkeypatch.setenv(variable.name, "canary-0123456789")
    out = StringIO()
    call_command("settings_explain", "--json", stdout=out)

    assert "canary" not in out.getvalue()
    assert json.loads(out.getvalue())["ok"] is True


def checked(**environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL") if name in os.environ}
    return subprocess.run(
        command, cwd=settings.BASE_DIR, env=inherited | PRODUCTION | environment, capture_output=True, text=True, check=False
    )


def test_a_deployment_has_no_warning_and_demo_secrets_are_one() -> None:
    clean, demo = checked(), checked(PAYMENT_SECRET="demo-payment-secret")

    assert (clean.returncode, "no issues" in clean.stdout + clean.stderr) == (0, True), clean.stderr
    assert demo.returncode == 1
    assert "portal.W004" in demo.stderr


def undeclared(request: object) -> HttpResponse:
    return HttpResponse()


urlpatterns = [path("khong-ai-khai/", undeclared)]


def test_a_view_without_a_policy_is_named(settings) -> None:
    settings.ROOT_URLCONF = "tests.management.test_settings"

    assert [(error.id, "khong-ai-khai" in error.msg) for error in run_checks(tags=["security"]) if error.id == "portal.E010"] == [
        ("portal.E010", True)
    ]
