"""Example data for the page that shows the kit."""

from typing import Any

import segno
from django import forms
from django.http import HttpRequest
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from portal.core.forms import DateField, FilesField
from portal.site.life_events import LIFE_EVENTS


class ExampleForm(forms.Form):
    """One field of each kind."""

    full_name = forms.CharField(label=_("Full name"), help_text=_("As on the identity card."), max_length=60)
    born_on = DateField(label=_("Date of birth"), help_text=_("For example 25/12/1990."))
    married = forms.ChoiceField(label=_("Are you married?"), choices=[("yes", _("Yes")), ("no", _("No"))], widget=forms.RadioSelect)
    certificate = forms.CharField(
        label=_("Number of the marriage certificate"),
        required=False,
        widget=forms.TextInput(attrs={"class": "medium", "data-show": '{"field":"married","eq":"yes"}'}),
    )
    place = forms.ChoiceField(
        label=_("Where do you want to collect?"), choices=[("", _("Choose")), ("1", _("At this counter")), ("2", _("By post"))]
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea)
    papers = FilesField(label=_("Papers"), help_text=_("PDF, JPG or PNG, at most 10 MB each."), required=False)
    declared = forms.BooleanField(label=_("I declare that what I wrote is true."))


TASKS = (
    {"title": _("About the child"), "url": "#tasks", "state": "done"},
    {"title": _("About the parents"), "url": "#tasks", "state": "started"},
    {"title": _("Papers"), "url": "#tasks", "state": "todo"},
    {"title": _("Check and submit"), "state": "blocked"},
)
STEPS = (
    {"title": _("Procedure"), "state": "done"},
    {"title": _("Answers"), "state": "done"},
    {"title": _("Papers"), "state": "current"},
    {"title": _("Check and submit"), "state": "next"},
)
EVENTS = (
    {"title": _("Dossier accepted"), "at": "02/11/2026 08:15", "text": "Bộ phận Một cửa phường Cửa Nam", "kind": "ok"},
    {"title": _("Handed over to the competent agency"), "at": "02/11/2026 08:16", "text": "UBND phường Dĩ An"},
    {"title": _("Result expected"), "at": "09/11/2026 17:00", "kind": "next"},
)
ANSWERS = (
    {"label": _("Full name"), "value": "Nguyễn Thị Ước", "change_url": "#answers"},
    {"label": _("Date of birth"), "value": "03/04/2026", "change_url": "#answers"},
    {"label": _("Note"), "value": ""},
)
ROWS = (
    {
        "cells": ((_("Dossier code"), "H26.18-261102-0007"), (_("Procedure"), "Đăng ký khai sinh"), (_("Due"), "09/11/2026 17:00")),
        "url": "#table",
    },
    {
        "cells": ((_("Dossier code"), "H29.05-261030-0112"), (_("Procedure"), "Cấp bản sao trích lục"), (_("Due"), "02/11/2026 17:00")),
        "url": "#table",
        "is_late": True,
    },
)
FILES = (
    {"name": "giay-chung-sinh.pdf", "url": "#files", "size": "312 KB", "state": _("Checked"), "remove_url": "/bo-giao-dien/"},
    {"name": "can-cuoc-mat-truoc.jpg", "url": "#files", "size": "1,8 MB", "state": _("Being checked"), "remove_url": "/bo-giao-dien/"},
)
STATS = (
    {"label": _("Waiting"), "value": "12"},
    {"label": _("Due soon"), "value": "3", "kind": "warn"},
    {"label": _("Overdue"), "value": "1", "kind": "bad"},
    {"label": _("On time"), "value": "98,4 %", "kind": "ok"},
)
STAFF_NAVIGATION = (
    {"label": _("New dossier"), "url": "#buttons", "icon": "file-plus"},
    {"label": _("Dossiers to process"), "url": "#table", "icon": "inbox", "current": True, "count": 12},
    {"label": _("Overdue"), "url": "#table", "icon": "triangle-alert", "count": 1, "is_late": True},
    {"label": _("Result handed back"), "url": "#files", "icon": "badge-check"},
)


def kit_context(request: HttpRequest) -> dict[str, Any]:
    """A blank form, or the posted one with its errors; nothing is stored."""
    form = ExampleForm(request.POST or None, request.FILES or None)
    as_staff = "can-bo" in request.GET
    return {
        "layout": "staff.html" if as_staff else "base.html",
        "navigation": STAFF_NAVIGATION if as_staff else None,
        "form": form,
        "codes": range(1, 11),
        "trail": [(_("Procedures"), "/thu-tuc/")],
        "tasks": TASKS,
        "steps": STEPS,
        "events": EVENTS,
        "answers": ANSWERS,
        "columns": (_("Dossier code"), _("Procedure"), _("Due")),
        "rows": ROWS,
        "files": FILES,
        "stats": STATS,
        "cards": LIFE_EVENTS[:3],
        "qr": mark_safe(segno.make("https://motcua.example/tra-cuu/", error="m").svg_inline(border=2, omitsize=True)),  # noqa: S308 -- drawn here
    }
