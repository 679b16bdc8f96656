"""A reorganisation with the posts of the people concerned: they go on at the successor from its first day, without a gap."""

from collections import defaultdict
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from portal.accounts.models import Membership, User
from portal.agencies.actions import reorganise
from portal.agencies.models import Reorganisation

ONE_DAY = timedelta(days=1)


@transaction.atomic
def approve(reorganisation: Reorganisation, *, actor: User, at: datetime, today: date) -> Reorganisation:
    """Everything of the day is written, posts included. Raises NotPossible."""
    approved = reorganise.approve(reorganisation, actor=actor, at=at, today=today)
    carry_posts(approved, at=at)
    return approved


@transaction.atomic
def cancel(reorganisation: Reorganisation, *, actor: User, reason: str, at: datetime, today: date) -> Reorganisation:
    """Nothing of it will happen; every post goes on where it was. Raises NotPossible."""
    reorganise.one_at_a_time()
    _give_back_posts(reorganisation)
    return reorganise.cancel(reorganisation, actor=actor, reason=reason, at=at, today=today)


def posts_concerned(agencies: list[int], offices: list[int], day: date) -> "Q":
    """The posts at bodies that end: held on the day before, or to begin later."""
    return Q(Q(valid_to__isnull=True) | Q(valid_to__gte=day), user__is_active=True) & (Q(agency__in=agencies) | Q(office__in=offices))


@transaction.atomic
def carry_posts(reorganisation: Reorganisation, *, at: datetime) -> int:
    """Each post at a body that ends has one at every successor from the day on, and ends the day before. Repeating adds only new posts."""
    day = reorganisation.effective_from
    agencies, offices = _successors(reorganisation)
    posts = Membership.objects.select_for_update(of=("self",)).filter(posts_concerned(list(agencies), list(offices), day))
    new, ending = [], []
    for post in posts.order_by("pk"):
        targets = agencies[post.agency_id] if post.agency_id else offices[post.office_id or 0]
        new += [_at_successor(post, target, day) for target in targets]
        if post.valid_from < day:
            ending.append(post.pk)
    before = Membership.objects.filter(inherited_from__isnull=False).count() if new else 0
    Membership.objects.bulk_create(new, ignore_conflicts=True)
    Membership.objects.filter(pk__in=ending).update(valid_to=day - ONE_DAY)
    carried = Membership.objects.filter(inherited_from__isnull=False).count() - before if new else 0
    if carried:
        reorganise.record(reorganisation, "posts", at=at, facts={"carried": carried, "ended": ending})
    return carried


def carry_late_posts(*, at: datetime, today: date) -> int:
    """Posts given after an approval, at a body that is to end or has just ended, go on at the successor too. Idempotent."""
    recent = Reorganisation.objects.filter(state=Reorganisation.State.APPROVED, effective_from__gte=today - 31 * ONE_DAY)
    return sum(carry_posts(each, at=at) for each in recent.order_by("effective_from", "pk"))


def _successors(reorganisation: Reorganisation) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    agencies: dict[int, list[int]] = defaultdict(list)
    offices: dict[int, list[int]] = defaultdict(list)
    for old, new in reorganisation.agency_successions.order_by("pk").values_list("predecessor_id", "successor_id"):
        agencies[old].append(new)
    for old, new in reorganisation.office_successions.order_by("pk").values_list("predecessor_id", "successor_id"):
        offices[old].append(new)
    return agencies, offices


def _at_successor(post: Membership, target: int, day: date) -> Membership:
    return Membership(
        user_id=post.user_id,
        role=post.role,
        agency_id=target if post.agency_id else None,
        office_id=target if post.office_id else None,
        title=post.title,
        inherited_from=post,
        valid_from=max(day, post.valid_from),
        valid_to=post.valid_to,
    )


def _give_back_posts(reorganisation: Reorganisation) -> None:
    """The posts that were carried are gone and their predecessors go on until when they would have."""
    agencies, offices = _successors(reorganisation)
    new_agencies = [pk for ids in agencies.values() for pk in ids]
    new_offices = [pk for ids in offices.values() for pk in ids]
    carried = Membership.objects.filter(inherited_from__isnull=False, valid_from__gte=reorganisation.effective_from)
    carried = carried.filter(
        Q(agency__in=new_agencies, inherited_from__agency__in=list(agencies))
        | Q(office__in=new_offices, inherited_from__office__in=list(offices))
    )
    for post in carried.select_related("inherited_from"):
        source = post.inherited_from
        if source is not None and source.valid_to == reorganisation.effective_from - ONE_DAY:
            source.valid_to = post.valid_to
            source.save(update_fields=["valid_to"])
    carried.delete()
