"""Long work says how far it is, ends once, and is marked when it goes silent."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from portal.core.clock import technical_now
from portal.core.longjobs import KEPT_FOR, STUCK_AFTER, begin, carry_on, forget_jobs, long_job
from portal.core.models import LongJob

pytestmark = pytest.mark.django_db
KIND = LongJob.Kind.IMPORT


def test_progress_is_kept_and_the_end_is_told() -> None:
    with long_job(KIND, about="records", by="Lê Thị Ánh", total=10) as job:
        job.reached(4)
        job.advanced(3)
        row = LongJob.objects.get()
        assert (row.done, row.total, row.state, row.started_by, row.finished_at) == (7, 10, "running", "Lê Thị Ánh", None)
    row.refresh_from_db()
    assert (row.state, row.error, row.finished_at is not None) == ("done", "", True)


def test_what_breaks_off_says_why() -> None:
    with pytest.raises(ValueError, match="nine"), long_job(KIND):
        raise ValueError("nine")
    assert (LongJob.objects.get().state, LongJob.objects.get().error) == ("failed", "ValueError: nine")
    with long_job(KIND) as job:
        job.fault("no answer")
    assert LongJob.objects.latest("pk").error == "no answer"


def test_the_next_run_finds_the_silent_one_lost_and_a_late_worker_changes_nothing() -> None:
    silent, other = begin(KIND, about="a"), begin(LongJob.Kind.CERTIFY)
    LongJob.objects.update(heartbeat_at=technical_now() - STUCK_AFTER - timedelta(seconds=1))

    begin(KIND, about="b")

    assert list(LongJob.objects.order_by("pk").values_list("state", flat=True)) == ["lost", "running", "running"]
    silent.reached(99)
    assert LongJob.objects.order_by("pk")[0].done == 0
    other.end()


def test_work_of_many_tasks_is_one_run() -> None:
    begin(KIND, about="day").reached(100)
    again = carry_on(KIND, about="day")
    assert again is not None
    again.advanced(50)
    assert LongJob.objects.get().done == 150
    again.end()
    assert carry_on(KIND, about="day") is None


def test_old_ones_are_forgotten_and_running_ones_never() -> None:
    for about in ("old", "running"):
        begin(KIND, about=about)
    long_ago = technical_now() - KEPT_FOR - timedelta(days=1)
    LongJob.objects.filter(about="old").update(state="done", finished_at=long_ago)
    LongJob.objects.update(started_at=long_ago)

    assert forget_jobs() == 1
    assert LongJob.objects.get().about == "running"


@pytest.mark.parametrize("values", [{"state": "done"}, {"finished_at": technical_now()}], ids=["no end", "no state"])
def test_the_database_insists_that_an_ended_run_has_its_end(values: dict[str, object]) -> None:
    begin(KIND)
    with pytest.raises(IntegrityError, match="long_job_ends_once"), transaction.atomic():
        LongJob.objects.update(**values)
