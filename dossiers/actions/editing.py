"""Who edits a dossier, and what was typed so far. Neither decides: ownership and the version of the page do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from dossiers.models import DeskDraft, Dossier, EditLease
from portal.accounts.models import User

RENEWED_EVERY = timedelta(seconds=40)
HELD_FOR = timedelta(seconds=120)
"""Two renewals may be lost before the dossier is free for a colleague."""
KEPT_FOR = timedelta(days=90)
MOST_INPUTS, LONGEST_NAME, LONGEST_TEXT, MOST_TEXT = 200, 80, 5_000, 60_000
Typed = Mapping[str, Sequence[str]]

_TAKE = """
    INSERT INTO dossiers_editlease AS lease (dossier_id, holder_id, page, since, until)
    VALUES (%(dossier)s::bigint, %(holder)s::bigint, %(page)s::bigint, %(at)s::timestamptz, %(until)s::timestamptz)
    ON CONFLICT (dossier_id) DO UPDATE SET holder_id = excluded.holder_id, page = excluded.page, until = excluded.until,
        since = CASE WHEN lease.holder_id = excluded.holder_id AND lease.until > %(now)s::timestamptz
            THEN lease.since ELSE excluded.since END
    WHERE lease.until <= %(now)s::timestamptz OR %(insists)s::boolean
        OR (lease.holder_id = excluded.holder_id AND lease.page <= excluded.page)"""


@dataclass(frozen=True, slots=True)
class Desk:
    """A person at a page that was made at `page` microseconds. `at` is legal, `now` technical time."""

    user: User
    page: int
    at: datetime
    now: datetime


def hold(dossier: Dossier, desk: Desk, *, insists: bool = False) -> EditLease:
    """The lease as it is now: this page's if the dossier was free or was its own, else that of who was first.

    `insists` takes it from whoever has it.
    """
    values: dict[str, Any] = {
        "dossier": dossier.pk,
        "holder": desk.user.pk,
        "page": desk.page,
        "at": desk.at,
        "until": desk.now + HELD_FOR,
        "now": desk.now,
        "insists": insists,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
    return EditLease.objects.select_related("holder").get(pk=dossier.pk)


def lease_of(dossier: Dossier, *, now: datetime) -> EditLease | None:
    """The lease that holds now."""
    return EditLease.objects.select_related("holder").filter(pk=dossier.pk, until__gt=now).first()


def let_go(dossier: Dossier, user: User) -> None:
    """The person's lease, if there is one, is over; a colleague may edit at once."""
    EditLease.objects.filter(pk=dossier.pk, holder=user).delete()


def keep_draft(dossier: Dossier, form: str, user: User, typed: Typed, *, at: datetime) -> bool:
    """What was typed waits for the person's return. Nothing typed, or more than a form can hold, changes nothing: False."""
    content = {name: [text.replace("\0", "") for text in texts] for name, texts in typed.items()}
    sizes = [len(text) for texts in content.values() for text in texts if text]
    is_too_much = len(sizes) > MOST_INPUTS or sum(sizes) > MOST_TEXT or max(sizes, default=0) > LONGEST_TEXT
    if not sizes or is_too_much or any(len(name) > LONGEST_NAME or "\0" in name for name in content):
        return False
    DeskDraft.objects.bulk_create(
        [DeskDraft(officer=user, dossier=dossier, form=form, content=content, saved_at=at)],
        update_conflicts=True,
        unique_fields=["officer", "dossier", "form"],
        update_fields=["content", "saved_at"],
    )
    return True


def draft_of(dossier: Dossier, form: str, user: User) -> DeskDraft | None:
    """What the person typed into this form before."""
    return DeskDraft.objects.filter(officer=user, dossier=dossier, form=form).first()


def drop_draft(dossier: Dossier, form: str, user: User) -> None:
    """What was typed has been used, or is not wanted."""
    DeskDraft.objects.filter(officer=user, dossier=dossier, form=form).delete()


def clear_desk_drafts(*, at: datetime) -> int:
    """What nobody came back to for 90 days is gone. Returns how many."""
    return DeskDraft.objects.filter(saved_at__lt=at - KEPT_FOR).delete()[0]
