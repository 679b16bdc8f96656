"""Sign-in of citizens with the national identity provider, stricter than the library's own.

The library sends no nonce and trusts an ID token that came over the back channel. Here the nonce is derived from the PKCE
verifier, which never leaves the server side of the session, and the token's signature, issuer, audience, age and nonce are
checked whatever way it came. Source: OpenID Connect Core 1.0, 3.1.3.7.
"""

import hashlib
import hmac
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest

ALGORITHMS = ["RS256", "ES256"]
REQUIRED = ["iss", "aud", "exp", "iat", "sub", "nonce"]
LEEWAY_SECONDS = 30


class TokenRefused(OAuth2Error):  # type: ignore[misc] # the library is untyped
    """The identity provider's answer is not for this person, this portal or this attempt."""


def nonce_of(verifier: str) -> str:
    """The nonce that belongs to this PKCE verifier: only who started the attempt can have asked for it."""
    return hashlib.sha256(b"nonce:" + verifier.encode()).hexdigest()


class VerifyingAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc] # the library is untyped
    """Believes an ID token only after every check."""

    verifier = ""

    def get_access_token_data(self, request: HttpRequest, app: SocialApp, client: Any, pkce_code_verifier: str | None = None) -> Any:
        """The provider's answer; the verifier of this attempt is remembered for the nonce."""
        self.verifier = pkce_code_verifier or ""
        return super().get_access_token_data(request, app, client, pkce_code_verifier=pkce_code_verifier)

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> Any:
        """The person, from an ID token and user information about the same subject. Raises TokenRefused."""
        id_token = kwargs["response"].get("id_token")
        if not id_token or not self.verifier:
            raise TokenRefused("no ID token, or an attempt without PKCE")
        claims = self._decode_id_token(app, id_token)
        userinfo = self._fetch_user_info(token.token)
        if userinfo.get("sub") != claims["sub"]:
            raise TokenRefused("user information of another subject")
        return self.get_provider().sociallogin_from_response(request, {"userinfo": userinfo, "id_token": claims})

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        return verified_claims(
            id_token, keys=self._keys(), issuer=self.openid_config["issuer"], audience=app.client_id, nonce=nonce_of(self.verifier)
        )

    def _keys(self) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            response = session.get(self.openid_config["jwks_uri"])
            response.raise_for_status()
            keys: dict[str, Any] = response.json()
        return keys


def verified_claims(id_token: str, *, keys: dict[str, Any], issuer: str, audience: str, nonce: str) -> dict[str, Any]:
    """The claims of a token that the issuer signed for this audience and this attempt, still valid. Raises TokenRefused."""
    try:
        wanted = jwt.get_unverified_header(id_token).get("kid")
        key = next((each for each in jwt.PyJWKSet.from_dict(keys).keys if each.key_id == wanted), None)
        if key is None:
            raise TokenRefused("signed with an unknown key")
        claims: dict[str, Any] = jwt.decode(
            id_token,
            key.key,
            algorithms=ALGORITHMS,
            issuer=issuer,
            audience=audience,
            leeway=LEEWAY_SECONDS,
            options={"require": REQUIRED, "verify_signature": True},
        )
    except (jwt.PyJWTError, TypeError, ValueError) as error:
        raise TokenRefused(type(error).__name__) from error
    if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise TokenRefused("nonce of another attempt")
    if claims.get("azp", audience) != audience:
        raise TokenRefused("authorised party differs")
    return claims


class NationalProvider(OpenIDConnectProvider):  # type: ignore[misc] # the library is untyped
    """The library's provider with our adapter, all scopes that a dossier needs, and a nonce."""

    oauth2_adapter_class = VerifyingAdapter

    def get_default_scope(self) -> list[str]:
        """What a dossier needs to know of a person."""
        return ["openid", "profile", "email", "phone", "address", "organisation"]

    def get_pkce_params(self) -> dict[str, str]:
        """The challenge with the nonce beside it; both are sent, the verifier is not."""
        params: dict[str, str] = super().get_pkce_params()
        return params | {"nonce": nonce_of(params["code_verifier"])}
