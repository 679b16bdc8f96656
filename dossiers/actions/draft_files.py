"""Files that arrived on a draft before it was clear what they are."""

from django.db import transaction

from dossiers.models import Draft, DraftFile


@transaction.atomic
def sort_file(draft: Draft, *, file_id: int, requirement_key: str) -> bool:
    """The file belongs to that component; the same file twice there stays once. False if the draft has no such file."""
    Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    found = DraftFile.objects.filter(draft=draft, pk=file_id).first()
    if found is None:
        return False
    if DraftFile.objects.filter(draft=draft, requirement_key=requirement_key, sha256=found.sha256).exclude(pk=found.pk).exists():
        return True
    found.requirement_key = requirement_key
    found.save(update_fields=["requirement_key"])
    return True
