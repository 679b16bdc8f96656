"""The leader's board: who holds how much and who is away; and the page on which a person's work is given to others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.actions.reassign import Giving, reassign_many
from dossiers.actions.transition import By
from dossiers.models import Absence, Dossier
from dossiers.rows import rows_of, with_row_fields
from dossiers.team import MOST_PEOPLE, Load, away, colleagues, held_by, loads
from dossiers.views.officer.frame import page
from dossiers.views.officer.outcomes import Outcome
from dossiers.views.officer.standing import deputy_choices
from portal.accounts.access import identity, staff
from portal.accounts.models import Role, User
from portal.core.clock import business_now
from portal.core.errors import DomainError
from portal.core.workcalendar import local

MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Member:
    """An officer as a row of the board, or as somebody who can take work."""

    key: str
    name: str
    load: Load
    oldest: str
    away: str
    left: bool
    url: str
    lists: dict[str, str]
    picked: bool = False


@staff(Role.LEADER)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Everybody's work at one look; every number leads to its list."""
    agencies, at = identity(request).agencies.get(Role.LEADER, ()), business_now()
    members = _members(agencies, at)
    total = sum(member.load.held for member in members)
    return page(
        request, "dossiers/officer/team.html", {"members": members, "total": total, "deputies": deputy_choices(agencies, local(at).date())}
    )


@staff(Role.LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, user_id: int) -> HttpResponse:
    """What one person holds, to be given to the deputy or to chosen colleagues; each dossier with its outcome."""
    who, at = identity(request), business_now()
    agencies = who.agencies.get(Role.LEADER, ())
    members = {each.key: each for each in _members(agencies, at)}
    person = members.pop(str(user_id), None)
    if person is None:
        raise Http404
    absence = away(local(at).date(), people=[user_id]).get(user_id)
    chosen = request.POST.getlist("nguoi") if request.method == "POST" else [str(absence.deputy_id)] if absence else []
    context: dict[str, Any] = {"person": person, "note": request.POST.get("note", "")[:1000]}
    status = 200
    if request.method == "POST":
        given = _given(request, user_id, [each for each in members.values() if each.key in chosen and not each.away], agencies, at)
        status = 200 if "outcomes" in given else 422
        members = {each.key: each for each in _members(agencies, at)}
        context |= given | {"person": members.pop(str(user_id), person)}
    rows = with_row_fields(held_by(user_id, agencies))[:MOST_AT_ONCE]
    there = [each for each in members.values() if not each.away and not each.left]
    context["takers"] = sorted(((each, each.key in chosen) for each in there), key=lambda pair: (not pair[1], pair[0].load.held))
    context["rows"] = rows_of(rows, base=reverse("dossiers:officer-queue"), now=at)
    return page(request, "dossiers/officer/member.html", context, status=status)


def _given(request: HttpRequest, user_id: int, takers: Sequence[Member], agencies: Sequence[int], at: datetime) -> dict[str, Any]:
    """What became of each ticked dossier, or what is missing."""
    codes = list(dict.fromkeys(code.replace("\0", "") for code in request.POST.getlist("ma")))[:MOST_AT_ONCE]
    if not codes or not takers:
        return {"told": _("Tick at least one dossier and one colleague."), "ticked": codes}
    user, people = identity(request).user, User.objects.in_bulk([int(taker.key) for taker in takers])
    dossiers = {each.code: each for each in Dossier.objects.filter(code__in=codes, agency_id__in=agencies).order_by("due_at", "pk")}
    note, weights = request.POST.get("note", "")[:1000], {int(taker.key): taker.load.held for taker in takers}
    givings = {dossier.pk: Giving(people[_lightest(weights, dossier)], note) for dossier in dossiers.values()}
    by = By(user if isinstance(user, User) else None, at)
    done = reassign_many(givings, by=by, taken_from=user_id)
    outcomes = [_outcome(code, dossiers.get(code), givings, done) for code in codes]
    moved = sum(outcome.is_done for outcome in outcomes)
    told = ngettext("%(count)d dossier has gone to a colleague.", "%(count)d dossiers have gone to colleagues.", moved)
    return {"told": told % {"count": moved}, "outcomes": outcomes}


def _lightest(weights: dict[int, int], dossier: Dossier) -> int:
    """Who of them holds least, and did not take the dossier in; one more stands on that side now."""
    free = [person for person in weights if person != dossier.filed_by_id] or list(weights)
    person = min(free, key=lambda each: (weights[each], each))
    weights[person] += 1
    return person


def _outcome(code: str, dossier: Dossier | None, givings: dict[int, Giving], done: dict[int, DomainError | None]) -> Outcome:
    if dossier is None:
        return Outcome(code[:50], _("Not in your agency's queue"), is_done=False)
    refused = done.get(dossier.pk)
    return Outcome(code, str(refused) if refused else givings[dossier.pk].to.full_name, is_done=refused is None)


def _members(agencies: Sequence[int], at: datetime) -> list[Member]:
    """The officers by name, and those who left and still hold something; four queries."""
    on = local(at).date()
    held = loads(agencies, at=at)
    people = {each.pk: each for each in colleagues(agencies, on)[:MOST_PEOPLE]}
    gone = User.objects.in_bulk([pk for pk in held if pk not in people])
    absent = away(on, agencies=agencies)
    return [
        _member(each, held.get(each.pk, Load()), absent.get(each.pk), on, left=each.pk in gone)
        for each in (*people.values(), *gone.values())
    ]


def _member(person: User, load: Load, absence: Absence | None, on: date, *, left: bool) -> Member:
    base = reverse("dossiers:officer-queue")
    words = ""
    if absence:
        words = _("Away until %(date)s") % {"date": f"{absence.ends_on:%d/%m/%Y}"}
        words += f" · {_('stands in')}: {absence.deputy.full_name}" if absence.deputy else ""
    return Member(
        key=str(person.pk),
        name=person.full_name,
        load=load,
        oldest=f"{local(load.oldest):%d/%m/%Y}" if load.oldest else "",
        away=words,
        left=left,
        url=reverse("dossiers:officer-team-member", args=[person.pk]),
        lists={tab: f"{base}?{urlencode({'muc': muc, 'nguoi': person.pk})}" for tab, muc in TABS.items()},
    )


TABS = {"all": "tat-ca", "waiting": "cho-bo-sung", "soon": "sap-den-han", "late": "qua-han"}
