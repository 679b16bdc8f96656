"""One Celery task for each piece of work: routing and telling without batches. The benchmark's worker includes this module."""

from celery import shared_task

from dossiers.actions.route import route
from portal.core.clock import business_now
from portal.outbox.tasks import drain_rounds


@shared_task(name="bench.route_one", ignore_result=True)
def route_one(*, dossier: int) -> None:
    """The dossier is routed by the door for one, in its own transaction."""
    route(dossier, at=business_now())


@shared_task(name="bench.tell_one", ignore_result=True)
def tell_one() -> None:
    """One step is claimed, told to the national portal in a call of its own, and settled."""
    drain_rounds("national", limit=1, rounds=1)
