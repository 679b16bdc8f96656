"""Papers and results are at the national portal before the step that names them. Each goes once, and keeps the id it got there.

A step waits for its files, and only its own dossier with it. Once a file has its row (append-only) every step names it by the same
id, so that a repetition carries the same bytes. The portal gives the same bytes the same id; a second upload, after an answer
that was lost, changes nothing there.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.core.files.storage import default_storage

from dossiers.models import IssuedDocument, NationalFile
from dossiers.national.alarm import FILES, accepted, refused
from dossiers.national.faults import Malformed, NotOffered, NotTried, Refused, Unreachable
from dossiers.national.port import NationalPort, Uploaded
from portal.core.clock import technical_now
from portal.outbox.actions import Claimed, Outcome, Park, Retry
from portal.outbox.backoff import wait_before

log = structlog.get_logger()
WHOLE_SECONDS = 20
"""Of uploading in one batch; what is left waits for the next one, well before the worker's time is over."""
PDF_PATIENCE = timedelta(hours=1)
"""How long a step waits for the PDF of its result. Afterwards its page goes, which is the document where no PDF can be made."""
LOOK_AGAIN, REFUSED_AGAIN, POISON_TRIES = timedelta(seconds=2), timedelta(seconds=30), 3


@dataclass(frozen=True, slots=True)
class Named:
    """A file that a step names: by its fingerprint and its place in the store, or by the code of the document that it is."""

    source: str
    name: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Brought:
    """The messages that can be sent, the outcome of those that wait for a file, and the files by source."""

    ready: list[Claimed]
    held: list[tuple[Claimed, Outcome]]
    files: Mapping[str, Uploaded]


class _NotYet(Exception):
    """The document has no PDF yet."""


def named_in(content: Mapping[str, Any]) -> list[Named]:
    """Every file of the step. Steps of older versions named none."""
    papers = [*content.get("papers", ()), *content.get("supplement", {}).get("papers", ())]
    found = [Named(row["sha256"], row["name"], row["file"]) for row in papers if row.get("file") and row["sha256"]]
    return found + [Named(row["document"], row["number"]) for row in content.get("results", ()) if row.get("has_file")]


def bring(port: NationalPort, messages: Sequence[Claimed]) -> Brought:
    """What the messages name is at the portal, as far as it could be brought there now."""
    wanted = {message.id: named for message in messages if (named := named_in(message.payload))}
    if not wanted or not port.takes_files:
        return Brought(list(messages), [], {})
    known = _known({each.source for named in wanted.values() for each in named})
    errand = _Errand(port, known)
    brought = Brought([], [], known)
    for message in messages:
        outcome = errand.run(message, [each for each in wanted.get(message.id, ()) if each.source not in known])
        if outcome is None:
            brought.ready.append(message)
        else:
            brought.held.append((message, outcome))
    return brought


def _known(sources: set[str]) -> dict[str, Uploaded]:
    rows = NationalFile.objects.filter(source__in=sources).values_list("source", "remote_id", "sha256")
    return {source: Uploaded(remote_id, digest) for source, remote_id, digest in rows}


class _Errand:
    """The uploads of one batch. After the first one that found nobody, the others wait without trying."""

    def __init__(self, port: NationalPort, known: dict[str, Uploaded]) -> None:
        self.port, self.known = port, known
        self.end = time.monotonic() + WHOLE_SECONDS
        self.stop: Outcome | None = None

    def run(self, message: Claimed, named: Sequence[Named]) -> Outcome | None:
        """None once all of them are there."""
        for each in named:
            if outcome := self.stop or self._one(message, each):
                return outcome
            if time.monotonic() > self.end:
                self.stop = Retry("its files are on their way", timedelta(), counts=False)
        return None

    def _one(self, message: Claimed, each: Named) -> Outcome | None:
        try:
            self.known[each.source] = _kept(each, *_sent(self.port, each, message))
            accepted(FILES)
        except _NotYet:
            return Retry("the document has no PDF yet", LOOK_AGAIN, counts=False)
        except NotTried as fault:
            self.stop = Retry(fault.reason, min(max(fault.until - technical_now(), timedelta()), REFUSED_AGAIN), counts=False)
        except Unreachable as fault:
            self.stop = Retry(fault.reason, LOOK_AGAIN, counts=False)
            return Retry(fault.reason, wait_before(message.tries + 1, fault.wait_seconds))
        except Refused as fault:
            log.error("national_portal_refuses_our_files", reason=fault.reason)  # noqa: TRY400 -- the trace adds nothing
            refused(FILES, fault.reason)
            self.stop = Retry(fault.reason, REFUSED_AGAIN, counts=False)
        except (Malformed, NotOffered, OSError, IssuedDocument.DoesNotExist) as fault:
            return _refusal(message, f"the file {each.source[:16]} cannot be handed over: {getattr(fault, 'reason', type(fault).__name__)}")
        return self.stop


def _refusal(message: Claimed, reason: str) -> Outcome:
    if message.refusals + 1 >= POISON_TRIES:
        return Park(reason)
    return Retry(reason, wait_before(message.refusals + 1), is_refusal=True)


def _sent(port: NationalPort, each: Named, message: Claimed) -> tuple[Uploaded, int]:
    """The file is there. Raises _NotYet, OSError and the faults of the port."""
    name, content = _content(each, message)
    return port.upload(name, content), len(content)


def _content(each: Named, message: Claimed) -> tuple[str, bytes]:
    if each.key:
        return each.name[:200], _stored(each.key)
    document = IssuedDocument.objects.get(verification_code=each.source)
    if not document.pdf_pending:
        return f"{each.name[:200]}.pdf", _stored(document.storage_key)
    if technical_now() - message.created_at < PDF_PATIENCE:
        raise _NotYet
    log.warning("national_result_goes_as_page", document=document.pk)
    return f"{each.name[:200]}.html", document.html.encode()


def _stored(key: str) -> bytes:
    with default_storage.open(key, "rb") as stored:
        return bytes(stored.read())


def _kept(each: Named, uploaded: Uploaded, size: int) -> Uploaded:
    """The id that counts from now on: what another worker was told first stands."""
    row, _is_new = NationalFile.objects.get_or_create(
        source=each.source,
        defaults={
            "remote_id": uploaded.id,
            "sha256": uploaded.sha256,
            "name": each.name[:255],
            "size": size,
            "sent_at": technical_now(),
        },
    )
    return Uploaded(row.remote_id, row.sha256)
