"""Lists with their filters that people keep under a name. They hold no search text, which could name a person."""

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from dossiers.models import SavedView
from portal.accounts.models import User
from portal.agencies.models import Agency
from portal.core.errors import Conflict, DomainError

MOST_VIEWS = 20


class NameTaken(Conflict):
    """The person has a list of this name."""


class TooManyViews(DomainError):
    """Nobody finds anything among more."""


@transaction.atomic
def save_view(user: User, *, name: str, query: str, agency: Agency | None = None, is_default: bool = False) -> SavedView:
    """The list stands above the tabs, last; a list of the same name now has this query. Raises TooManyViews."""
    mine = SavedView.objects.select_for_update(of=("self",)).filter(user=user)
    known = mine.filter(name=name).first()
    if known is None and mine.count() >= MOST_VIEWS:
        raise TooManyViews(_("You keep %(count)d lists already. Delete one first.") % {"count": MOST_VIEWS})
    if is_default:
        mine.filter(is_default=True).update(is_default=False)
    if known is not None:
        known.query, known.agency, known.is_default = query, agency, is_default or known.is_default
        known.save(update_fields=["query", "agency", "is_default"])
        return known
    last = SavedView.objects.filter(user=user).aggregate(last=Max("seq"))["last"] or 0
    return SavedView.objects.create(user=user, name=name, query=query, agency=agency, seq=last + 1, is_default=is_default)


@transaction.atomic
def rename_view(view: SavedView, *, name: str) -> None:
    """The list has this name. Raises NameTaken."""
    try:
        with transaction.atomic():
            view.name = name
            view.save(update_fields=["name"])
    except IntegrityError as taken:
        raise NameTaken(_("You have a list of this name already.")) from taken


@transaction.atomic
def prefer_view(view: SavedView, *, is_default: bool) -> None:
    """The work list opens with this list, or no longer."""
    SavedView.objects.filter(user_id=view.user_id, is_default=True).update(is_default=False)
    SavedView.objects.filter(pk=view.pk).update(is_default=is_default)


@transaction.atomic
def forget_view(view: SavedView) -> None:
    """The list is gone; no dossier is touched."""
    view.delete()
