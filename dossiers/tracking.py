"""Following a dossier without an account: the code and the secret open it for this browser session."""

from django.http import HttpRequest

from dossiers.models import Dossier, Matter
from dossiers.models.matter import PREFIX
from dossiers.queries import own
from dossiers.secrets import secret_matches
from portal.accounts.access import identity
from portal.accounts.models import User

SESSION_KEY = "followed"
FOLLOWER = "theo-doi-ho-so"
"""The account (made by a migration of accounts) in whose name things are recorded that somebody did with code and secret alone."""
NOBODYS_CODE = "-"


def follower_account() -> User:
    """The account for whoever holds a slip; nobody can sign in with it."""
    return User.objects.get(username=FOLLOWER)


def open_with_code(request: HttpRequest, code: str, typed: str) -> bool:
    """As `open_with_secret`, for a code that may not exist: the work and the answer are the same either way."""
    kept: type[Dossier] | type[Matter] = Matter if code.startswith(PREFIX) else Dossier
    row = kept._default_manager.filter(code=code).values_list("code", "secret_issue").first()
    known, issue = row or (NOBODYS_CODE, 1)
    is_right = secret_matches(known, issue, typed)
    if not is_right or row is None:
        return False
    request.session[SESSION_KEY] = {**request.session.get(SESSION_KEY, {}), known: issue}
    return True


def open_with_secret(request: HttpRequest, dossier: Dossier, typed: str) -> bool:
    """Whether the secret is right; if so, this session may follow the dossier until the secret is given out anew."""
    if not secret_matches(dossier.code, dossier.secret_issue, typed):
        return False
    followed = dict(request.session.get(SESSION_KEY, {}))
    followed[dossier.code] = dossier.secret_issue
    request.session[SESSION_KEY] = followed
    return True


def is_followed(request: HttpRequest, dossier: Dossier) -> bool:
    """Whether this session was opened with the present secret, or with that of the matter to which the dossier belongs."""
    if _is_open(request, dossier.code, dossier.secret_issue):
        return True
    matter = Matter.objects.filter(steps__dossier=dossier).first() if _opened_matters(request) else None
    return matter is not None and _is_open(request, matter.code, matter.secret_issue)


def followed_matter_or_own(request: HttpRequest, code: str) -> Matter | None:
    """The matter if it is the citizen's own or was opened with its secret in this session."""
    matter = Matter.objects.select_related("version__procedure").filter(code=code).first()
    if matter is None:
        return None
    who = identity(request)
    is_own = who.is_citizen and matter.applicant_id == who.user_id
    return matter if is_own or _is_open(request, matter.code, matter.secret_issue) else None


def _is_open(request: HttpRequest, code: str, issue: int) -> bool:
    return bool(request.session.get(SESSION_KEY, {}).get(code) == issue)


def _opened_matters(request: HttpRequest) -> bool:
    return any(str(code).startswith(PREFIX) for code in request.session.get(SESSION_KEY, {}))


def followed_or_own(request: HttpRequest, code: str) -> Dossier | None:
    """The dossier if it is the citizen's own or was opened with its secret in this session."""
    dossier: Dossier | None = own(identity(request)).filter(code=code).first()
    if dossier is not None:
        return dossier
    candidate = (
        Dossier.objects.select_related("procedure", "version", "case", "agency", "receiving_office", "returning_office")
        .filter(code=code)
        .first()
    )
    return candidate if candidate is not None and is_followed(request, candidate) else None
