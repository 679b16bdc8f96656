"""Keep what was posted on a draft: files first, then answers; a second window is never overwritten."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from dossiers.actions.drafts import DraftChanged, save_draft
from dossiers.documents.uploads import UploadRefused, attach_to_draft
from dossiers.models import Draft
from dossiers.views.applicant.frame import revision_of
from portal.core.clock import business_now


@dataclass(slots=True)
class Kept:
    """What became of a posted page. `changed` is the draft as another window left it, when that was in between."""

    draft: Draft
    refused: list[str] = field(default_factory=list)
    changed: Draft | None = None


def keep(request: HttpRequest, draft: Draft, *, answers: Mapping[str, Any], parties: Mapping[str, Any]) -> Kept:
    """Files are on the draft whatever else is wrong with the page; answers and parties are, unless another window was faster."""
    refused = keep_files(request, draft, key="")
    try:
        saved = save_draft(draft, answers=answers, parties=parties, at=business_now(), expected_revision=revision_of(request))
    except DraftChanged as error:
        return Kept(draft, refused, error.current)
    return Kept(saved, refused)


def keep_files(request: HttpRequest, draft: Draft, *, key: str, name: str = "files") -> list[str]:
    """Every good file is on the draft; the reasons why the others are not."""
    refused = []
    for file in request.FILES.getlist(name):
        try:
            attach_to_draft(draft, requirement_key=key, file=file, at=business_now())
        except UploadRefused as error:
            refused.append(str(error))
    return refused
