"""Files that answer one item of a supplement request, kept as they arrive."""

from datetime import datetime

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from dossiers.actions.transition import locked
from dossiers.documents.uploads import UploadRefused, check_upload, store_upload
from dossiers.lifecycle import State
from dossiers.models import Paper, SupplementItem
from portal.accounts.models import User
from portal.core.errors import Conflict


@transaction.atomic
def attach_to_item(item: SupplementItem, *, file: "UploadedFile[bytes]", by: User, at: datetime) -> Paper:
    """The file is with the item, once however often it is sent. Raises UploadRefused, Conflict when nothing is asked any more."""
    checked = check_upload(file)
    dossier = locked(item.request.dossier_id)
    if State(dossier.state) is not State.SUPPLEMENT_REQUESTED or item.request.answered_at is not None:
        raise Conflict(_("This request has already been answered."))
    papers = Paper.objects.filter(supplement_item__request_id=item.request_id)
    known = papers.filter(supplement_item=item, sha256=checked.sha256, added_by=by).first()
    if known is not None:
        return known
    if papers.count() >= settings.UPLOAD_MAX_FILES:
        raise UploadRefused(
            _("A dossier can have at most %(count)s files. Put several pages into one PDF.") % {"count": settings.UPLOAD_MAX_FILES}
        )
    return Paper.objects.create(
        dossier=dossier,
        requirement_key=item.requirement_key,
        name=item.title[:400],
        storage_key=store_upload(checked),
        content_type=checked.content_type,
        size=checked.size,
        sha256=checked.sha256,
        supplement_item=item,
        added_by=by,
        added_at=at,
    )
