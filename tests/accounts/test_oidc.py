"""An ID token is believed only when every claim fits; tokens are really signed and really verified."""

import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from portal.accounts.oidc import TokenRefused, nonce_of, verified_claims

ISSUER, AUDIENCE = "https://id.example.vn", "motcua-portal"
KEY, FOREIGN_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
NONCE = nonce_of("verifier-of-this-attempt")


def public(key: rsa.RSAPrivateKey, kid: str) -> dict[str, Any]:
    return dict(json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))) | {"kid": kid, "use": "sig", "alg": "RS256"}


FUTURE = 4_000_000_000
"""The year 2096: an hour from now would have passed before a long run comes to it."""
KEYS = {"keys": [public(KEY, "one")]}


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    whole = {"iss": ISSUER, "aud": AUDIENCE, "sub": "s-1", "iat": now, "exp": now + 300, "nonce": NONCE} | changed
    return {name: value for name, value in whole.items() if value is not None}


def token(key: rsa.RSAPrivateKey = KEY, kid: str = "one", **changed: Any) -> str:
    return jwt.encode(claims(**changed), key, algorithm="RS256", headers={"kid": kid})


def verify(id_token: str) -> dict[str, Any]:
    return verified_claims(id_token, keys=KEYS, issuer=ISSUER, audience=AUDIENCE, nonce=NONCE)


def test_a_token_for_this_attempt_is_believed() -> None:
    assert verify(token())["sub"] == "s-1"


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": nonce_of("another attempt")},
        {"nonce": None},
        {"aud": "another-portal"},
        {"aud": [AUDIENCE, "another-portal"], "azp": "another-portal"},
        {"iss": "https://evil.example"},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"sub": None},
        {"iat": FUTURE},
    ],
    ids=["replayed", "no nonce", "foreign audience", "foreign party", "foreign issuer", "expired", "no end", "no subject", "future"],
)
def test_a_replayed_or_foreign_token_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused):
        verify(token(**changed))


def test_a_token_signed_by_somebody_else_is_refused() -> None:
    for id_token in (token(FOREIGN_KEY), token(FOREIGN_KEY, kid="two"), token() + "x", "no.token.at-all"):
        with pytest.raises(TokenRefused):
            verify(id_token)


def test_an_unsigned_token_and_one_signed_with_the_public_key_are_refused() -> None:
    unsigned = jwt.encode(claims(), "", algorithm="none", headers={"kid": "one"})
    confused = jwt.encode(claims(), "x" * 64, algorithm="HS256", headers={"kid": "one"})

    for id_token in (unsigned, confused):
        with pytest.raises(TokenRefused):
            verify(id_token)
