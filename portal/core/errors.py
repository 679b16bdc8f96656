"""The errors that people may read."""

from django.utils.functional import Promise


class DomainError(Exception):
    """An expected refusal. `str(error)` is fit to show; `status` is the HTTP status of the page that shows it."""

    status = 422

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class Conflict(DomainError):
    """Somebody else was faster; nothing was changed."""

    status = 409


class NotAllowed(DomainError):
    """The person or the present state does not permit this; nothing was changed."""

    status = 403
