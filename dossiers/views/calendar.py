"""The working calendar: days off and make-up days by year, and what a late change would do to promised dates."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dossiers.actions.recount import Shift, apply_change, concerned, discard_change, shifts
from dossiers.models import CalendarChange
from portal.accounts.access import identity, staff
from portal.accounts.models import Role, User
from portal.agencies.models import Holiday
from portal.core.clock import business_now, business_today
from portal.core.errors import DomainError
from portal.core.workcalendar import local
from procedures.forms import DayNameForm, HolidayForm

LOOKED_AT = 2_000
SHOWN = 100


@staff(Role.CATALOGUE_EDITOR, Role.CATALOGUE_APPROVER)
def holidays(request: HttpRequest) -> HttpResponse:
    """The days of one year, the changes that wait, and a form to enter a day."""
    asked = request.GET.get("nam", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 and 1900 < int(asked) < 2200 else business_today().year
    form = HolidayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        kind = CalendarChange.Kind.WORKED if data["is_working"] else CalendarChange.Kind.DAY_OFF
        return _enter(
            request, CalendarChange(on=data["on"], kind=kind, name_vi=data["name_vi"], name_en=data["name_en"], source=data["source"])
        )
    context = {
        "days": list(Holiday.objects.filter(on__year=year).order_by("on")),
        "year": year,
        "years": [found.year for found in Holiday.objects.dates("on", "year")],
        "changes": CalendarChange.objects.filter(discarded_at__isnull=True, finished_at__isnull=True).order_by("on"),
        "form": form,
        "may_enter": identity(request).has(Role.CATALOGUE_EDITOR),
    }
    return render(request, "dossiers/calendar/holidays.html", context, status=422 if form.errors else 200)


@staff(Role.CATALOGUE_EDITOR)
def holiday(request: HttpRequest, pk: int) -> HttpResponse:
    """The name and the source of a day, to correct; what it does to deadlines is changed by removing or entering it."""
    day = get_object_or_404(Holiday, pk=pk)
    form = DayNameForm(request.POST or None, instance=day)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The day is corrected."))
        return redirect("dossiers:holidays")
    return render(request, "dossiers/calendar/holiday.html", {"day": day, "form": form}, status=422 if form.errors else 200)


@staff(Role.CATALOGUE_EDITOR)
@require_POST
def holiday_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """The day becomes an ordinary one, once nothing promised depends on it or a second person has agreed."""
    day = get_object_or_404(Holiday, pk=pk)
    change = CalendarChange(on=day.on, kind=CalendarChange.Kind.REMOVE, name_vi=day.name_vi, name_en=day.name_en, source=day.source)
    return _enter(request, change)


def _enter(request: HttpRequest, change: CalendarChange) -> HttpResponse:
    """The day is in the calendar if no promised date depends on it; else the change waits for a second person."""
    change.proposed_by, change.proposed_at = _user(request), business_now()
    if concerned(change.on).exists():
        try:
            with transaction.atomic():
                change.save()
        except IntegrityError:
            messages.error(request, _("A change of this day already waits for approval."))
            return redirect(f"{_home()}?nam={change.on.year}")
        return redirect("dossiers:calendar-change", pk=change.pk)
    if change.kind == CalendarChange.Kind.REMOVE:
        Holiday.objects.filter(on=change.on).delete()
        messages.success(request, _("The day is removed."))
    else:
        values = {"name_vi": change.name_vi, "name_en": change.name_en, "source": change.source}
        Holiday.objects.update_or_create(on=change.on, defaults=values | {"is_working": change.kind == CalendarChange.Kind.WORKED})
        messages.success(request, _("The day is entered."))
    return redirect(f"{_home()}?nam={change.on.year}")


def _home() -> str:
    return reverse("dossiers:holidays")


def _user(request: HttpRequest) -> User:
    user = identity(request).user
    assert isinstance(user, User)  # noqa: S101 -- the decorator admits staff only
    return user


@staff(Role.CATALOGUE_EDITOR, Role.CATALOGUE_APPROVER)
@require_safe
def calendar_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Which promised dates would move, before anything is applied; afterwards how far the recount is."""
    change = get_object_or_404(CalendarChange.objects.select_related("proposed_by", "applied_by"), pk=pk)
    context: dict[str, Any] = {"change": change, "is_open": not (change.applied_at or change.discarded_at)}
    if context["is_open"]:
        moved, looked_at, is_all = shifts(change, limit=LOOKED_AT)
        context |= {"rows": [_row(each) for each in moved[:SHOWN]], "total": len(moved), "looked_at": looked_at, "is_all": is_all}
    who = identity(request)
    context["may_apply"] = who.has(Role.CATALOGUE_APPROVER) and change.proposed_by_id != who.user_id
    return render(request, "dossiers/calendar/change.html", context)


def _row(shift: Shift) -> dict[str, str]:
    return {
        "code": shift.dossier.code,
        "agency": shift.dossier.agency.name if shift.dossier.agency else "",
        "old": f"{local(shift.old):%H:%M %d/%m/%Y}",
        "new": f"{local(shift.new):%H:%M %d/%m/%Y}",
    }


@staff(Role.CATALOGUE_APPROVER)
@require_POST
def calendar_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """The day is in the calendar; a worker counts the dossiers again and tells the people."""
    get_object_or_404(CalendarChange, pk=pk)
    try:
        apply_change(pk, user=_user(request), at=business_now())
    except DomainError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The change is applied; the dossiers are being counted again."))
    return redirect("dossiers:calendar-change", pk=pk)


@staff(Role.CATALOGUE_EDITOR, Role.CATALOGUE_APPROVER)
@require_POST
def calendar_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """The change is dropped; the calendar stays as it is."""
    get_object_or_404(CalendarChange, pk=pk)
    try:
        discard_change(pk, at=business_now())
    except DomainError as refused:
        messages.error(request, str(refused))
        return redirect("dossiers:calendar-change", pk=pk)
    messages.success(request, _("The change is discarded."))
    return redirect("dossiers:holidays")


urlpatterns: list[URLPattern] = [
    path("quan-tri/ngay-nghi/", holidays, name="holidays"),
    path("quan-tri/ngay-nghi/<int:pk>/", holiday, name="holiday"),
    path("quan-tri/ngay-nghi/<int:pk>/xoa/", holiday_delete, name="holiday_delete"),
    path("quan-tri/ngay-nghi/thay-doi/<int:pk>/", calendar_change, name="calendar-change"),
    path("quan-tri/ngay-nghi/thay-doi/<int:pk>/ap-dung/", calendar_apply, name="calendar-apply"),
    path("quan-tri/ngay-nghi/thay-doi/<int:pk>/huy/", calendar_discard, name="calendar-discard"),
]
