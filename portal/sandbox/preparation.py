"""What the services need besides their tables: a signing key, the demo citizens, the portal as OIDC client."""

from allauth.idp.oidc.models import Client
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import connection, transaction

from portal.core.clock import technical_now
from portal.sandbox import settings
from portal.sandbox.identity.citizens import CITIZENS
from portal.sandbox.identity.models import Citizen, SigningKey
from portal.sandbox.national.catalogue import store
from portal.sandbox.national.models import CatalogueEntry
from portal.sandbox.national.samples import SAMPLES

LOCK = 0x5A4D  # any number, the same for every process
SCOPES = ["openid", "profile", "email", "phone", "address", "organisation"]


@transaction.atomic
def prepare() -> None:
    """Key, citizens and client are there and current. Safe to run at every start and in several processes at once.

    Every process runs it at its start because the portal's address, and with it the redirect addresses, may have changed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s::bigint)", [LOCK])
    _make_key()
    _load_citizens()
    _register_portal()
    _load_procedures()


def is_prepared() -> bool:
    """Whether `prepare` has run for this portal's address."""
    client = Client.objects.filter(id=settings.OIDC_CLIENT_ID).first()
    return bool(client and set(settings.OIDC_REDIRECT_URIS) <= set(client.get_redirect_uris()) and SigningKey.objects.exists())


def _make_key() -> None:
    if SigningKey.objects.exists():
        return
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    SigningKey.objects.create(pem=pem.decode(), created_at=technical_now())


def _load_citizens() -> None:
    for row in CITIZENS:
        values = row._asdict() | {"email": f"cd{row.citizen_id[-6:]}@thu.example.vn"}
        Citizen.objects.update_or_create(citizen_id=values.pop("citizen_id"), defaults=values)


def _register_portal() -> None:
    client = Client.objects.filter(id=settings.OIDC_CLIENT_ID).first()
    if client is None:
        client = Client(id=settings.OIDC_CLIENT_ID, secret="")
    if not client.secret or not client.check_secret(settings.OIDC_CLIENT_SECRET):
        client.set_secret(settings.OIDC_CLIENT_SECRET)
    client.name = "Cổng Một Cửa"
    client.set_scopes(SCOPES)
    client.set_default_scopes(["openid", "profile"])
    client.set_redirect_uris(settings.OIDC_REDIRECT_URIS)
    client.set_post_logout_redirect_uris(settings.OIDC_LOGOUT_URIS)
    client.save()


def _load_procedures() -> None:
    """A new database has three procedures; one that has any keeps what it has."""
    if not CatalogueEntry.objects.exists():
        store(SAMPLES, at=technical_now())
