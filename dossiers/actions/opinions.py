"""Another agency is asked for its opinion, and answers. The dossier's own clock runs on: no procedure says otherwise."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from dossiers.actions.standing import NoPost, NotHolder, holds_post, require_holder
from dossiers.actions.transition import By, locked
from dossiers.documents.uploads import check_upload, store_upload
from dossiers.lifecycle import WAITING_FOR_APPLICANT, State
from dossiers.models import Dossier, Opinion, OpinionPaper, OpinionReply, Paper
from dossiers.models.opinion import LONGEST_QUESTION, LONGEST_REPLY
from dossiers.team import posted
from portal.accounts.identity import identity_of
from portal.accounts.models import Role, User
from portal.agencies.models import Agency
from portal.agencies.queries import working_calendar
from portal.core.errors import Conflict, DomainError
from portal.core.workcalendar import CalendarYearMissing, local

MOST_DAYS = 30


class OpinionRefused(DomainError):
    """The question cannot be put like this."""


class LaterThanDossier(DomainError):
    """The opinion would come after the dossier itself is due, and nobody has said that this is meant."""


class AlreadyEnded(Conflict):
    """The question was answered or withdrawn meanwhile."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of whom, within how many working days, and what the asked agency is shown for it."""

    asked: Agency
    text: str
    days: int
    papers: Collection[int] = ()
    told: Sequence[tuple[str, str]] = ()
    may_be_late: bool = False


def may_ask(dossier: Dossier) -> bool:
    """Whether the case is in the hands of an officer."""
    return State(dossier.state) is State.ASSIGNED or (State(dossier.state) in WAITING_FOR_APPLICANT and dossier.assigned_to_id is not None)


def due_of(days: int, *, at: datetime) -> datetime:
    """The end of office hours so many working days from then. Raises OpinionRefused where a year has no calendar."""
    on = local(at).date()
    calendar = working_calendar(range(on.year, on.year + 2))
    try:
        return calendar.end_of_shift(calendar.add_working_days(on, days))
    except CalendarYearMissing as missing:
        raise OpinionRefused(_("The working calendar of that year has not been entered yet. Choose an earlier date.")) from missing


@transaction.atomic
def ask_opinion(dossier: Dossier, question: Question, *, by: By, expected_version: int) -> Opinion:
    """The question stands in the asked agency's list, with what was ticked for it. Raises NotHolder, NoPost, StaleVersion and the above."""
    dossier = locked(dossier.pk, expected_version=expected_version)
    user, agency = require_holder(dossier, by)
    text, due_at = question.text.replace("\0", "").strip(), due_of(question.days, at=by.at)
    _check(dossier, question, text, by)
    if dossier.due_at and due_at > dossier.due_at and not question.may_be_late:
        days = {"due": f"{local(due_at):%d/%m/%Y}", "own": f"{local(dossier.due_at):%d/%m/%Y}"}
        raise LaterThanDossier(
            _("The opinion would be due on %(due)s, after the dossier itself (%(own)s). Give less time, or tick that this is meant.") % days
        )
    opinion = Opinion.objects.create(
        dossier=dossier,
        agency=agency,
        asked_by=user,
        asked=question.asked,
        question=text,
        told=[list(pair) for pair in question.told],
        asked_at=by.at,
        due_at=due_at,
    )
    own = Paper.objects.filter(dossier=dossier, pk__in=question.papers).exclude(storage_key="")
    OpinionPaper.objects.bulk_create(OpinionPaper(opinion=opinion, paper=paper) for paper in own)
    return opinion


@transaction.atomic
def answer_opinion(opinion: Opinion, *, by: By, text: str, file: "UploadedFile[bytes] | None" = None) -> OpinionReply:
    """The asking officer finds the answer in the work list. Raises NoPost, OpinionRefused, UploadRefused, AlreadyEnded."""
    user, said = _member(opinion.asked_id, by), text.replace("\0", "").strip()
    if not said or len(said) > LONGEST_REPLY:
        raise OpinionRefused(_("Write an answer of at most %(count)d characters.") % {"count": LONGEST_REPLY})
    reply = OpinionReply(opinion=opinion, kind=OpinionReply.Kind.ANSWERED, by=user, at=by.at, text=said)
    if file is not None:
        checked = check_upload(file)
        reply.name, reply.content_type, reply.size, reply.sha256 = checked.name, checked.content_type, checked.size, checked.sha256
        reply.storage_key = store_upload(checked)
    return _ended(reply)


@transaction.atomic
def withdraw_opinion(opinion: Opinion, *, by: By, reason: str) -> OpinionReply:
    """The asked agency need not answer and sees nothing of the dossier any more. Raises NotHolder, NoPost, OpinionRefused, AlreadyEnded."""
    dossier = locked(opinion.dossier_id)
    user = _member(opinion.agency_id, by)
    if dossier.assigned_to_id != user.pk and opinion.asked_by_id != user.pk and not holds_post(user, Role.LEADER, dossier, by):
        raise NotHolder(_("A colleague holds this dossier."))
    said = reason.replace("\0", "").strip()
    if not said or len(said) > LONGEST_REPLY:
        raise OpinionRefused(_("Say why the question is withdrawn."))
    return _ended(OpinionReply(opinion=opinion, kind=OpinionReply.Kind.WITHDRAWN, by=user, at=by.at, text=said))


def see_opinions(who: User, keys: Collection[int], *, at: datetime) -> int:
    """These answers are no longer shown as new to whoever asked, or holds the dossier now; returns how many."""
    own = Q(opinion__asked_by=who) | Q(opinion__dossier__assigned_to=who)
    return OpinionReply.objects.filter(own, pk__in=keys, seen_at__isnull=True).update(seen_at=at)


def _check(dossier: Dossier, question: Question, text: str, by: By) -> None:
    on = local(by.at).date()
    why = ""
    if not may_ask(dossier):
        why = _("You cannot do this in the present state of the dossier, or a colleague holds it.")
    elif not text or len(text) > LONGEST_QUESTION:
        why = _("Write a question of at most %(count)d characters.") % {"count": LONGEST_QUESTION}
    elif not 1 <= question.days <= MOST_DAYS:
        why = _("Give between 1 and %(count)d working days.") % {"count": MOST_DAYS}
    elif question.asked.pk == dossier.agency_id:
        why = _("Choose another agency than your own.")
    elif not posted([question.asked.pk], on).exists():
        why = _("Nobody of %(agency)s works with this portal today, so nobody would read the question.") % {"agency": question.asked.name}
    elif dossier.opinions.filter(asked=question.asked, question=text, reply__isnull=True).exists():
        why = _("This question is with the agency already.")
    if why:
        raise OpinionRefused(why)


def _member(agency: int, by: By) -> User:
    """The person, who works as officer or leader at the agency on the day. Raises NoPost."""
    if by.user is not None:
        posts = identity_of(by.user, local(by.at).date()).agencies
        if any(agency in posts.get(role, ()) for role in (Role.OFFICER, Role.LEADER)):
            return by.user
    raise NoPost(_("Only a person of the agency can do this."))


def _ended(reply: OpinionReply) -> OpinionReply:
    try:
        with transaction.atomic():
            reply.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyEnded(_("The question was answered or withdrawn meanwhile.")) from error
    return reply
