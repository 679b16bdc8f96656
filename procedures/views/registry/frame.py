"""What all pages of the registry share: who may enter, the admin's menu, and the tabs."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.access import identity
from portal.accounts.models import Role, User
from portal.core.htmx import render_page

KEEPERS = (Role.CATALOGUE_EDITOR, Role.CATALOGUE_APPROVER)
TABS = ("rules", "trial", "rule_sets", "delegations", "completeness")


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, tab: str, part: str | None = None, status: int = 200
) -> HttpResponse:
    """The page with the admin's menu and the tabs of the registry, `tab` being the current one."""
    who = identity(request)
    frame = {
        "navigation": menu(),
        "tabs": tabs(tab),
        "may_edit": who.has(Role.CATALOGUE_EDITOR),
        "may_approve": who.has(Role.CATALOGUE_APPROVER),
    }
    return render_page(request, f"procedures/registry/{template}", frame | dict(context), part=part, status=status)


def menu() -> list[dict[str, Any]]:
    """The admin's work: the catalogue and the registry."""
    return [
        {"label": _("Catalogue of procedures"), "url": reverse("procedures:keep_all"), "icon": "library"},
        {"label": _("Competence"), "url": reverse("procedures:rules"), "icon": "waypoints", "current": True},
        {"label": _("Fees and charges"), "url": reverse("procedures:fee_sets"), "icon": "hand-coins"},
        {"label": _("Mergers of units"), "url": reverse("dossiers:reorganisations"), "icon": "landmark"},
        {"label": _("Days off"), "url": reverse("dossiers:holidays"), "icon": "calendar-days"},
    ]


def tabs(current: str) -> list[dict[str, Any]]:
    """The parts of the registry."""
    labels = (_("Rules in force"), _("Try it"), _("Draft sets"), _("Delegations"), _("Completeness"))
    return [
        {"label": label, "url": reverse(f"procedures:{name}"), "current": name == current} for name, label in zip(TABS, labels, strict=True)
    ]


def actor(request: HttpRequest) -> User:
    """The member of staff who asks; the access policy has admitted nobody else."""
    user = identity(request).user
    if not isinstance(user, User):  # pragma: no cover -- the policy refuses before
        raise TypeError(type(user))
    return user
