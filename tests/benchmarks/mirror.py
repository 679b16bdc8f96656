"""What pgbench needs to send the statements of the batch worker: the rows that the worker would make, and the script."""

from pathlib import Path

from dossiers.actions.route_many import READ
from dossiers.actions.transition import STEP_FIELDS
from dossiers.models import Dossier, Event, IssuedDocument, RouteDecision
from dossiers.staffing import HELD
from portal.core.db.bulk import columns
from portal.outbox.models import OutboxMessage
from tests.benchmarks import worlds
from tests.benchmarks.worlds import connect

ROUTE, PLANNED, MIRROR = (f"{worlds.PREFIX}{name}" for name in ("route", "route_plan", "route_pgbench"))
DATABASES = (ROUTE, PLANNED, MIRROR)
MOVED = (*STEP_FIELDS, "agency", "place", "routing")

_PLANNED = "plan_dossier p JOIN agencies_agency a ON a.id = p.agency_id WHERE p.id = ANY (:dossiers::bigint[])"
STAFFING = {
    "agencies": f"ARRAY(SELECT a.id FROM {_PLANNED})",
    "offices": f"ARRAY(SELECT a.reception_office_id FROM {_PLANNED})",
    "on": "current_date",
}
"""What the worker's question about staff is about, where pgbench asks it: the agencies to which the batch goes, and their counters."""


def make_plan(keys: list[int], script: Path) -> None:
    """The rows that routing left in the one copy stand ready in the other, and the script names their columns."""
    moved = ["id", *(each.name for each in columns(Dossier, MOVED))]
    made = {
        "dossier": ("dossiers_dossier", moved, "id = ANY ({keys})"),
        "event": ("dossiers_event", _names(Event), "dossier_id = ANY ({keys}) AND seq = 2"),
        "message": ("outbox_outboxmessage", _names(OutboxMessage), "stream = 'national' AND subject_id = ANY ({keys})"),
        "decision": ("dossiers_routedecision", _names(RouteDecision), "dossier_id = ANY ({keys})"),
        "document": ("dossiers_issueddocument", _names(IssuedDocument), "dossier_id = ANY ({keys}) AND kind = 'control_sheet'"),
    }
    literal = f"'{{{','.join(map(str, keys))}}}'::bigint[]"
    with connect(PLANNED) as source, connect(MIRROR) as target:
        for name, (table, listed, condition) in made.items():
            chosen = f"SELECT {', '.join(listed)} FROM {table}"
            target.execute(f"CREATE TABLE plan_{name} AS {chosen} WITH NO DATA")
            # The worker's rows come in uncompressed; these do too, so that pgbench's insertion compresses as the worker's does.
            if name == "document":
                target.execute("ALTER TABLE plan_document ALTER html SET STORAGE EXTERNAL")
            rows = f"COPY ({chosen} WHERE {condition.format(keys=literal)}) TO STDOUT (FORMAT binary)"
            with (
                source.cursor().copy(rows) as given,
                target.cursor().copy(f"COPY plan_{name} FROM STDIN (FORMAT binary)") as taken,
            ):
                for block in given:
                    taken.write(block)
            key = {"dossier": "id", "message": "subject_id"}.get(name, "dossier_id")
            target.execute(f"CREATE INDEX ON plan_{name} ({key})")
            target.execute(f"GRANT SELECT ON plan_{name} TO portal_worker")
        target.execute("VACUUM (ANALYZE)")
    text = Path(__file__).with_suffix(".sql").read_text()
    script.parent.mkdir(parents=True, exist_ok=True)
    names = {
        "dossier_columns": ", ".join(["id", *(each.name for each in columns(Dossier, READ))]),
        "assignments": ", ".join(f"{name} = s.{name}" for name in moved[1:]),
        "staffing": HELD % STAFFING,
    } | {f"{name}_columns": ", ".join(listed) for name, (_table, listed, _condition) in made.items() if name != "dossier"}
    for name, value in names.items():
        text = text.replace(f"{{{name}}}", value)
    script.write_text(text)


def _names(model: type) -> list[str]:
    return [each.name for each in columns(model)]
