"""Codes of one office: gapless and never twice, whoever files at the same time."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import transaction

from dossiers.actions.file import next_code
from dossiers.models import CodeCounter
from tests.factories import TODAY, centre

PROGRAM = """
import django, random, sys
django.setup()
from django.db import transaction
from dossiers.actions.file import next_code
from tests.factories import TODAY, centre
office, chance = centre(), random.Random(int(sys.argv[1]))
for _ in range(25):
    try:
        with transaction.atomic():
            code = next_code(office, TODAY)
            if chance.random() < 0.2:
                raise ZeroDivisionError
    except ZeroDivisionError:
        continue
    print(code, flush=True)
"""


def test_eight_processes_leave_no_gap_and_no_double(committed_db: None) -> None:
    def run(number: int) -> list[str]:
        command = [sys.executable, "-c", PROGRAM, str(number)]
        done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True, timeout=500)
        return [line for line in done.stdout.splitlines() if line.startswith("H29-")]

    with ThreadPoolExecutor(8) as pool:
        codes = [code for codes in pool.map(run, range(8)) for code in codes]

    assert sorted(codes) == [f"H29-261102-{number:04d}" for number in range(1, len(codes) + 1)]
    assert 100 < len(codes) < 200
    assert CodeCounter.objects.get(office=centre(), day=TODAY).last == len(codes)


@pytest.mark.django_db
def test_the_series_widens_past_9999() -> None:
    office = centre()
    CodeCounter.objects.create(office=office, day=TODAY, last=9999)

    with transaction.atomic():
        assert next_code(office, TODAY) == "H29-261102-10000"
