"""What people have typed is kept until they file it or it expires. A draft is not a dossier."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers.models import Draft
from portal.accounts.models import User
from portal.agencies.models import Office
from portal.core.errors import Conflict, DomainError
from portal.core.workcalendar import local
from procedures.models import ProcedureCase, ProcedureVersion
from procedures.queries import current_version, has_ended

KEPT_FOR = timedelta(days=90)


class DraftExpired(DomainError):
    """Nobody came back to it within 90 days."""

    status = 410


class DraftFiled(DomainError):
    """The draft has become a dossier."""

    status = 409


class DraftChanged(Conflict):
    """It was saved elsewhere meanwhile; `current` is what is stored now, untouched."""

    def __init__(self, current: Draft) -> None:
        super().__init__(_("This draft was changed in another window or by a colleague. Compare before you save again."))
        self.current = current


@transaction.atomic
def start_draft(
    version: ProcedureVersion,
    case: ProcedureCase,
    *,
    owner: User,
    office: Office | None,
    channel: str,
    at: datetime,
    answers: Mapping[str, Any] | None = None,
    parties: Mapping[str, Any] | None = None,
) -> Draft:
    """An open draft exists for 90 days, of a citizen (no office) or of an office's clerk."""
    return Draft.objects.create(
        owner=owner,
        office=office,
        version=version,
        case=case,
        channel=channel,
        answers=dict(answers or {}),
        parties=dict(parties or {}),
        created_at=at,
        updated_at=at,
        expires_at=at + KEPT_FOR,
    )


def locked_draft(draft_id: Any, *, at: datetime) -> Draft:
    """The open draft, locked for the rest of the transaction. Raises DraftFiled, DraftExpired."""
    draft = Draft.objects.select_for_update(of=("self",)).select_related("version__procedure", "case", "office__province").get(pk=draft_id)
    if draft.dossier_id is not None:
        raise DraftFiled(_("This draft has already been filed."))
    require_alive(draft, at)
    return draft


def require_alive(draft: Draft, at: datetime) -> None:
    """Raise DraftExpired when its time has passed."""
    if draft.expires_at <= at:
        raise DraftExpired(_("This draft expired on %(day)s. Start a new one.") % {"day": f"{local(draft.expires_at):%d/%m/%Y}"})


@transaction.atomic
def save_draft(draft: Draft, *, answers: Mapping[str, Any], parties: Mapping[str, Any], at: datetime, expected_revision: int) -> Draft:
    """What was typed is stored and the revision has moved on by one. Raises DraftChanged, DraftFiled, DraftExpired."""
    held = locked_draft(draft.pk, at=at)
    if held.revision != expected_revision:
        raise DraftChanged(held)
    held.answers, held.parties = dict(answers), dict(parties)
    held.revision += 1
    held.updated_at, held.expires_at = at, at + KEPT_FOR
    held.save(update_fields=["answers", "parties", "revision", "updated_at", "expires_at"])
    return held


@transaction.atomic
def choose_case(draft: Draft, *, case: ProcedureCase, at: datetime) -> Draft:
    """The draft is about another case of the same version; answers that the case does not ask stay stored."""
    held = locked_draft(draft.pk, at=at)
    if case.version_id != held.version_id:
        raise DomainError(_("This case belongs to another version of the procedure."))
    held.case, held.updated_at = case, at
    held.revision += 1
    held.save(update_fields=["case", "updated_at", "revision"])
    return held


@transaction.atomic
def file_as(draft: Draft, version: ProcedureVersion, *, at: datetime) -> Draft:
    """The draft is about another procedure that asks the same and more, such as the linked one that this procedure begins."""
    held = locked_draft(draft.pk, at=at)
    held.version, held.case, held.updated_at = version, version.cases.get(is_default=True), at
    held.revision += 1
    held.save(update_fields=["version", "case", "revision", "updated_at"])
    return held


@transaction.atomic
def discard_draft(draft: Draft, *, at: datetime) -> None:
    """The draft and what it listed are gone; a filed one stays. Raises DraftFiled."""
    held = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if held.dossier_id is not None:
        raise DraftFiled(_("This draft has already been filed."))
    held.delete()


def newer_version(draft: Draft, on: date) -> ProcedureVersion | None:
    """The version in force, when it is not the draft's own."""
    version = current_version(draft.version.procedure.code, on)
    return version if version is not None and version.pk != draft.version_id else None


def warn_if_outdated(draft: Draft, on: date) -> str:
    """A sentence when a newer version is in force or the procedure has ended; empty when all is well."""
    if has_ended(draft.version.procedure, on):
        return _("This procedure has ended. It can no longer be filed.")
    newer = newer_version(draft, on)
    if newer is None:
        return ""
    return _("A new version of this procedure is in force since %(day)s (decision %(number)s). Move the answers over before you file.") % {
        "day": f"{newer.effective_from:%d/%m/%Y}",
        "number": newer.decision_number,
    }


@transaction.atomic
def move_to_current(draft: Draft, *, at: datetime) -> Draft:
    """The draft stands on the version in force with everything typed so far; its form asks again what changed."""
    held = locked_draft(draft.pk, at=at)
    version = newer_version(held, local(at).date())
    if version is None:
        return held
    cases = list(version.cases.order_by("-is_default", "pk"))
    held.case = next((case for case in cases if case.key == held.case.key), cases[0])
    held.version, held.updated_at = version, at
    held.revision += 1
    held.save(update_fields=["version", "case", "revision", "updated_at"])
    return held
