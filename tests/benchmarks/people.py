"""Who asks: accounts that exist in every database of a run, and signed-in sessions for them."""

from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from dossiers.tracking import SESSION_KEY as FOLLOWED
from portal.accounts.models import Membership, Role, User
from portal.agencies.models import Agency, Office
from tests.benchmarks.worlds import SINCE

CLERKS = 4
OFFICER, COLLEAGUE = "bench.officer", "bench.colleague"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class Clerk:
    """A clerk, and the one office where the clerk sits."""

    user: User
    office: Office


def busiest_agency() -> Agency:
    """The agency that holds one dossier in sixty of the generated ones."""
    return Agency.objects.filter(kind="commune_committee").order_by("pk")[0]


def create_people() -> None:
    """Four clerks at four centres, two officers of the busiest agency."""
    centres = Office.objects.filter(kind=Office.Kind.PROVINCIAL_CENTRE).order_by("pk")[:CLERKS]
    for number, office in enumerate(centres, 1):
        _member(f"bench.clerk.{number}", Role.CLERK, office=office)
    for username in (OFFICER, COLLEAGUE):
        _member(username, Role.OFFICER, agency=busiest_agency())


def _member(username: str, role: str, *, office: Office | None = None, agency: Agency | None = None) -> None:
    user = User.objects.create_user(username, full_name=f"Nguyễn Thị {username.rsplit('.', 1)[-1]}", kind=User.Kind.STAFF)
    Membership.objects.create(user=user, role=role, office=office, agency=agency, valid_from=SINCE)


def clerks() -> list[Clerk]:
    """The clerks of this database."""
    held = Membership.objects.filter(user__username__startswith="bench.clerk.").select_related("user", "office").order_by("user__username")
    return [Clerk(each.user, each.office) for each in held if each.office is not None]


def sign_in(user: User | None, *, follows: str = "") -> str:
    """The cookie header of a session of the account, or of nobody who may follow one dossier."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    if user is not None:
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = BACKEND
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    if follows:
        session[FOLLOWED] = {follows: 1}
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
