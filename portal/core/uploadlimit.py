"""How much one request may bring: what is larger is read to its end and thrown away, never written to the disk."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.core.htmx import wants_part
from portal.core.outage import typed_fields

READ_TO_THE_END = 10
"""A browser shows an answer only when its request was read. What is larger than this many times the limit is cut off."""
_MARK = "brings_too_much"


class LimitedUploads(TemporaryFileUploadHandler):
    """Files go to temporary files while the request stays within REQUEST_MAX_BYTES; past it no file is kept, only the typed fields.

    Raises RequestDataTooBig, before a byte is read, for a request that is too large even to be thrown away.
    """

    received = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: Mapping[str, str],  # noqa: N803 -- Django's signature
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        if content_length > settings.REQUEST_MAX_BYTES * READ_TO_THE_END:
            raise RequestDataTooBig
        if content_length > settings.REQUEST_MAX_BYTES:
            self._mark()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if brings_too_much(self.request):
            raise SkipFile
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > settings.REQUEST_MAX_BYTES:
            self._mark()
            raise SkipFile
        super().receive_data_chunk(raw_data, start)

    def _mark(self) -> None:
        setattr(self.request, _MARK, True)


def brings_too_much(request: HttpRequest | None) -> bool:
    """Whether files of the request were thrown away because all of it is too large."""
    return getattr(request, _MARK, False)


def upload_limit(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """No view sees a request whose files were thrown away: 413, with what was typed to send again."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, view: Callable[..., HttpResponse], *_rest: Any) -> HttpResponse | None:
        if request.content_type != "multipart/form-data" or getattr(view, "csrf_exempt", False):
            return None
        typed = typed_fields(request)
        return _refusal(request, typed) if brings_too_much(request) else None

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def _refusal(request: HttpRequest, typed: list[Any]) -> HttpResponse:
    """The page, or for htmx the notice above the content that says it, while the page stays as it is."""
    if not wants_part(request):
        return render(request, "errors/413.html", {"typed": typed, "has_files": True}, status=413)
    response = render(request, "errors/413.html#alarm", status=413)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#alarm", "outerHTML show:top"
    return response
