"""Which app does the work of a stream. Apps register at start-up, so that the outbox knows none of them."""

from collections.abc import Callable, Sequence

from portal.outbox.actions import Claimed, Outcome

Handler = Callable[[Sequence[Claimed]], list[tuple[Claimed, Outcome]]]
Gate = Callable[[], bool]
_handlers: dict[str, Handler] = {}
_gates: dict[str, Gate] = {}


class NoHandler(LookupError):
    """A stream without an app that works on it: a wiring defect."""


def register(stream: str, handler: Handler, *, gate: Gate | None = None) -> None:
    """From now on `handler` works on `stream`. It gets a batch and returns an outcome for each message.

    `gate` is asked before anything is claimed: False leaves the stream alone for now.
    """
    _handlers[str(stream)] = handler
    if gate is not None:
        _gates[str(stream)] = gate


def may_work(stream: str) -> bool:
    """Whether the stream's channel lets anything through now."""
    gate = _gates.get(str(stream))
    return gate is None or gate()


def handler_of(stream: str) -> Handler:
    """Raises NoHandler."""
    try:
        return _handlers[str(stream)]
    except KeyError:
        raise NoHandler(stream) from None
