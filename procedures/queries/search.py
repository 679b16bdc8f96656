"""Finding procedures in everyday words, with or without diacritics."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection
from django.db.models import Q

from portal.core.text import search_key
from procedures.models import Procedure, ProcedureVersion, ProcedureVersionQuerySet
from procedures.search import Candidate, ranked, repaired, without_fillers, words_of

MAX_TEXT = 200
MAX_HITS = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """A procedure that fits, with its score from 0 to 100."""

    version: ProcedureVersion
    score: int


@dataclass(frozen=True, slots=True)
class Found:
    """The hits; `corrected` is what was searched instead when the text held a slip. `is_partial`: no hit has every word."""

    hits: tuple[Hit, ...]
    corrected: str = ""
    is_partial: bool = False


def search_procedures(text: str, on: date, *, limit: int = MAX_HITS, drafts: bool = False) -> Found:
    """Procedures for the text, best first. A code that was replaced leads to its replacement once that is in the catalogue."""
    text = text[:MAX_TEXT].strip()
    versions = _versions(on, drafts=drafts)
    words = words_of(text)
    if not words:
        return Found(tuple(Hit(version, 0) for version in versions.order_by("procedure__field_vi", "short_name_vi", "pk")[:limit]))
    for attempt in dict.fromkeys([tuple(words), tuple(without_fillers(words))]):
        if found := _hits(versions, text, attempt, "&", limit):
            return Found(found)
    wanted = without_fillers(words)
    corrected = repaired(wanted, _vocabulary(drafts=drafts))
    if corrected != wanted and (found := _hits(versions, " ".join(corrected), corrected, "&", limit)):
        return Found(found, corrected=" ".join(corrected))
    return Found(_hits(versions, text, corrected, "|", min(limit, 20)), is_partial=True)


def _versions(on: date, *, drafts: bool) -> ProcedureVersionQuerySet:
    """One version per procedure: the one in force, of ended ones the last; or, for drafts, the newest open draft too."""
    published = ProcedureVersion.objects.published().filter(effective_from__lte=on)
    newest = published.order_by("procedure_id", "-effective_from", "-number").distinct("procedure_id")
    chosen = Q(pk__in=newest.values("pk"))
    if drafts:
        covered = published.values("procedure_id")
        unpublished = ProcedureVersion.objects.exclude(state=ProcedureVersion.State.DISCARDED).exclude(procedure_id__in=covered)
        chosen |= Q(pk__in=unpublished.order_by("procedure_id", "-number").distinct("procedure_id").values("pk"))
    ended = Q(procedure__ended_on__lte=on, procedure__replaced_by__isnull=False)
    found: ProcedureVersionQuerySet = ProcedureVersion.objects.filter(chosen).exclude(ended).select_related("procedure")
    return found


def _hits(versions: ProcedureVersionQuerySet, text: str, words: Sequence[str], joiner: str, limit: int) -> tuple[Hit, ...]:
    query = SearchQuery(f" {joiner} ".join(f"{word}:*" for word in words), config="simple", search_type="raw")
    rows = versions.annotate(words=SearchVector("procedure__search_key", config="simple")).filter(words=query)
    replaced = _replaced_by(words)
    found = {version.procedure.code: version for version in rows.order_by("pk")[: limit * 5]}
    if replaced:
        found |= {version.procedure.code: version for version in versions.filter(procedure__in=replaced)}
    on_time = ranked(text, words, (_candidate(version) for version in found.values()))
    return tuple(Hit(found[each.code], score) for score, each in on_time[:limit])


def _replaced_by(words: Sequence[str]) -> list[int]:
    """Replacements of the procedure whose whole code was typed ("1 014061" as words)."""
    if len(words) != 2 or not all(word.isdigit() for word in words):
        return []
    rows = Procedure.objects.filter(code=".".join(words), replaced_by__isnull=False).order_by("pk")
    return [pk for pk in rows.values_list("replaced_by_id", flat=True) if pk is not None]


def _candidate(version: ProcedureVersion) -> Candidate:
    procedure = version.procedure
    return Candidate(
        code=procedure.code,
        name=version.short_name_vi,
        name_key=search_key(version.short_name_vi),
        keyword_keys=tuple(search_key(word) for word in procedure.keywords),
        is_ended=procedure.ended_on is not None,
    )


def _vocabulary(*, drafts: bool) -> list[str]:
    """The words to which a slip may be corrected: those of published procedures, unless drafts are searched too."""
    published = (
        ""
        if drafts
        else " p WHERE EXISTS (SELECT FROM procedures_procedureversion v WHERE v.procedure_id = p.id AND v.state = 'published')"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT unnest(string_to_array(search_key, ' ')) FROM procedures_procedure{published}")  # noqa: S608 -- constant
        return [word for (word,) in cursor.fetchall() if word and not word.isdigit()]


def key_of(procedure: Procedure, version: ProcedureVersion) -> str:
    """What a search looks in: codes, names, initials of the short name, everyday words, field."""
    short = search_key(version.short_name_vi)
    initials = "".join(word[0] for word in short.split())
    texts = [short, version.name_vi, version.name_en, *procedure.keywords, procedure.field_vi, procedure.code, procedure.replaced_by_code]
    return f"{search_key(' '.join(texts))} {initials}"
